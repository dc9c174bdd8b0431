/**
 * The method of Dormand and Prince of order 8 with error estimates of order 5 and 3.
 *
 * Stages are numbered as in HNW: `k_1` is the slope at the start, `k_13` the one at the end,
 * `k_14` to `k_16` serve the continuous extension of order 7 only.
 *
 * Source: HNW I, section II.5 (the method, the error estimate) and II.6 (the extension);
 * coefficients as in the appendix of HNW, rounded to doubles.
 */
import { type ParametricRhs, startRows, type Stepper } from "./stepper.ts";

const C2 = 0.05260015195876773, C3 = 0.0789002279381516, C4 = 0.1183503419072274;
const C5 = 0.2816496580927726, C6 = 1 / 3, C7 = 1 / 4, C8 = 4 / 13, C9 = 127 / 195, C10 = 3 / 5;
const C11 = 6 / 7;
const C14 = 1 / 10, C15 = 1 / 5, C16 = 7 / 9;
const A2_1 = 0.05260015195876773;
const A3_1 = 0.0197250569845379, A3_2 = 0.0591751709536137;
const A4_1 = 0.02958758547680685, A4_3 = 0.08876275643042054;
const A5_1 = 0.2413651341592667, A5_3 = -0.8845494793282861, A5_4 = 0.924834003261792;
const A6_1 = 0.037037037037037035, A6_4 = 0.17082860872947386, A6_5 = 0.12546768756682242;
const A7_1 = 0.037109375, A7_4 = 0.17025221101954405, A7_5 = 0.06021653898045596;
const A7_6 = -0.017578125;
const A8_1 = 0.03709200011850479, A8_4 = 0.17038392571223998, A8_5 = 0.10726203044637328;
const A8_6 = -0.015319437748624402, A8_7 = 0.008273789163814023;
const A9_1 = 0.6241109587160757, A9_4 = -3.3608926294469414, A9_5 = -0.868219346841726;
const A9_6 = 27.59209969944671, A9_7 = 20.154067550477894, A9_8 = -43.48988418106996;
const A10_1 = 0.47766253643826434, A10_4 = -2.4881146199716677, A10_5 = -0.590290826836843;
const A10_6 = 21.230051448181193, A10_7 = 15.279233632882423, A10_8 = -33.28821096898486;
const A10_9 = -0.020331201708508627;
const A11_1 = -0.9371424300859873, A11_4 = 5.186372428844064, A11_5 = 1.0914373489967295;
const A11_6 = -8.149787010746927, A11_7 = -18.52006565999696, A11_8 = 22.739487099350505;
const A11_9 = 2.4936055526796523, A11_10 = -3.0467644718982196;
const A12_1 = 2.273310147516538, A12_4 = -10.53449546673725, A12_5 = -2.0008720582248625;
const A12_6 = -17.9589318631188, A12_7 = 27.94888452941996, A12_8 = -2.8589982771350235;
const A12_9 = -8.87285693353063, A12_10 = 12.360567175794303, A12_11 = 0.6433927460157636;
/** Weights of order 8. */
const B1 = 0.054293734116568765, B6 = 4.450312892752409, B7 = 1.8915178993145003;
const B8 = -5.801203960010585, B9 = 0.3111643669578199, B10 = -0.1521609496625161;
const B11 = 0.20136540080403034, B12 = 0.04471061572777259;
/** Weights of the error estimates of order 5 and of order 3. */
const E1 = 0.01312004499419488, E6 = -1.2251564463762044, E7 = -0.4957589496572502;
const E8 = 1.6643771824549864, E9 = -0.35032884874997366, E10 = 0.3341791187130175;
const E11 = 0.08192320648511571, E12 = -0.022355307863886294;
const G1 = -0.18980075407240762, G6 = 4.450312892752409, G7 = 1.8915178993145003;
const G8 = -5.801203960010585, G9 = -0.4226823213237919, G10 = -0.1521609496625161;
const G11 = 0.20136540080403034, G12 = 0.02265179219836082;
const A14_1 = 0.056167502283047954, A14_7 = 0.25350021021662483, A14_8 = -0.2462390374708025;
const A14_9 = -0.12419142326381637, A14_10 = 0.15329179827876568, A14_11 = 0.00820105229563469;
const A14_12 = 0.007567897660545699, A14_13 = -0.008298;
const A15_1 = 0.03183464816350214, A15_6 = 0.028300909672366776, A15_7 = 0.053541988307438566;
const A15_8 = -0.05492374857139099, A15_11 = -0.00010834732869724932;
const A15_12 = 0.0003825710908356584, A15_13 = -0.00034046500868740456;
const A15_14 = 0.1413124436746325;
const A16_1 = -0.42889630158379194, A16_6 = -4.697621415361164, A16_7 = 7.683421196062599;
const A16_8 = 4.06898981839711, A16_9 = 0.3567271874552811, A16_13 = -0.0013990241651590145;
const A16_14 = 2.9475147891527724, A16_15 = -9.15095847217987;
/** Weights of the last four rows of the interpolant. */
const D4_1 = -8.428938276109013, D4_6 = 0.5667149535193777, D4_7 = -3.0689499459498917;
const D4_8 = 2.38466765651207, D4_9 = 2.117034582445028, D4_10 = -0.871391583777973;
const D4_11 = 2.2404374302607883, D4_12 = 0.6315787787694688, D4_13 = -0.08899033645133331;
const D4_14 = 18.148505520854727, D4_15 = -9.194632392478356, D4_16 = -4.436036387594894;
const D5_1 = 10.427508642579134, D5_6 = 242.28349177525817, D5_7 = 165.20045171727028;
const D5_8 = -374.5467547226902, D5_9 = -22.113666853125306, D5_10 = 7.733432668472264;
const D5_11 = -30.674084731089398, D5_12 = -9.332130526430229, D5_13 = 15.697238121770845;
const D5_14 = -31.139403219565178, D5_15 = -9.35292435884448, D5_16 = 35.81684148639408;
const D6_1 = 19.985053242002433, D6_6 = -387.0373087493518, D6_7 = -189.17813819516758;
const D6_8 = 527.8081592054236, D6_9 = -11.57390253995963, D6_10 = 6.8812326946963;
const D6_11 = -1.0006050966910838, D6_12 = 0.7777137798053443, D6_13 = -2.778205752353508;
const D6_14 = -60.19669523126412, D6_15 = 84.32040550667716, D6_16 = 11.99229113618279;
const D7_1 = -25.69393346270375, D7_6 = -154.18974869023643, D7_7 = -231.5293791760455;
const D7_8 = 357.6391179106141, D7_9 = 93.40532418362432, D7_10 = -37.45832313645163;
const D7_11 = 104.0996495089623, D7_12 = 29.8402934266605, D7_13 = -43.53345659001114;
const D7_14 = 96.32455395918828, D7_15 = -39.17726167561544, D7_16 = -149.72683625798564;

export class Dop853 implements Stepper {
  readonly errorOrder = 7;
  readonly stages = 12;
  readonly rows = 7;
  y: Float64Array;
  next: Float64Array;
  slope: Float64Array;
  nextSlope: Float64Array;
  readonly #f: ParametricRhs;
  readonly #p: Float64Array | undefined;
  readonly #stage: Float64Array;
  readonly #k2: Float64Array;
  readonly #k3: Float64Array;
  readonly #k4: Float64Array;
  readonly #k5: Float64Array;
  readonly #k6: Float64Array;
  readonly #k7: Float64Array;
  readonly #k8: Float64Array;
  readonly #k9: Float64Array;
  readonly #k10: Float64Array;
  readonly #k11: Float64Array;
  readonly #k12: Float64Array;
  /** Sums of squares of the two estimates, one a system. */
  readonly #fifth: Float64Array;
  readonly #third: Float64Array;

  constructor(f: ParametricRhs, n: number, p?: Float64Array, systems = 1) {
    this.#f = f;
    this.#p = p;
    this.#fifth = new Float64Array(systems);
    this.#third = new Float64Array(systems);
    const room = () => new Float64Array(n);
    this.y = room();
    this.next = room();
    this.slope = room();
    this.nextSlope = room();
    this.#stage = room();
    this.#k2 = room();
    this.#k3 = room();
    this.#k4 = room();
    this.#k5 = room();
    this.#k6 = room();
    this.#k7 = room();
    this.#k8 = room();
    this.#k9 = room();
    this.#k10 = room();
    this.#k11 = room();
    this.#k12 = room();
  }

  step(t: number, h: number): void {
    const f = this.#f, p = this.#p;
    const y = this.y, next = this.next, w = this.#stage;
    const k1 = this.slope,
      k2 = this.#k2,
      k3 = this.#k3,
      k4 = this.#k4,
      k5 = this.#k5,
      k6 = this.#k6,
      k7 = this.#k7,
      k8 = this.#k8,
      k9 = this.#k9,
      k10 = this.#k10,
      k11 = this.#k11,
      k12 = this.#k12,
      k13 = this.nextSlope;
    const n = y.length;
    for (let i = 0; i < n; i++) w[i] = y[i] + h * (A2_1 * k1[i]);
    f(t + C2 * h, w, k2, p);
    for (let i = 0; i < n; i++) w[i] = y[i] + h * (A3_1 * k1[i] + A3_2 * k2[i]);
    f(t + C3 * h, w, k3, p);
    for (let i = 0; i < n; i++) w[i] = y[i] + h * (A4_1 * k1[i] + A4_3 * k3[i]);
    f(t + C4 * h, w, k4, p);
    for (let i = 0; i < n; i++) w[i] = y[i] + h * (A5_1 * k1[i] + A5_3 * k3[i] + A5_4 * k4[i]);
    f(t + C5 * h, w, k5, p);
    for (let i = 0; i < n; i++) w[i] = y[i] + h * (A6_1 * k1[i] + A6_4 * k4[i] + A6_5 * k5[i]);
    f(t + C6 * h, w, k6, p);
    for (let i = 0; i < n; i++) {
      w[i] = y[i] + h * (A7_1 * k1[i] + A7_4 * k4[i] + A7_5 * k5[i] + A7_6 * k6[i]);
    }
    f(t + C7 * h, w, k7, p);
    for (let i = 0; i < n; i++) {
      w[i] = y[i] + h * (A8_1 * k1[i] + A8_4 * k4[i] + A8_5 * k5[i] + A8_6 * k6[i] + A8_7 * k7[i]);
    }
    f(t + C8 * h, w, k8, p);
    for (let i = 0; i < n; i++) {
      w[i] = y[i] +
        h *
          (A9_1 * k1[i] + A9_4 * k4[i] + A9_5 * k5[i] + A9_6 * k6[i] + A9_7 * k7[i] + A9_8 * k8[i]);
    }
    f(t + C9 * h, w, k9, p);
    for (let i = 0; i < n; i++) {
      w[i] = y[i] +
        h *
          (A10_1 * k1[i] + A10_4 * k4[i] + A10_5 * k5[i] + A10_6 * k6[i] + A10_7 * k7[i] +
            A10_8 * k8[i] + A10_9 * k9[i]);
    }
    f(t + C10 * h, w, k10, p);
    for (let i = 0; i < n; i++) {
      w[i] = y[i] +
        h *
          (A11_1 * k1[i] + A11_4 * k4[i] + A11_5 * k5[i] + A11_6 * k6[i] + A11_7 * k7[i] +
            A11_8 * k8[i] + A11_9 * k9[i] + A11_10 * k10[i]);
    }
    f(t + C11 * h, w, k11, p);
    for (let i = 0; i < n; i++) {
      w[i] = y[i] +
        h *
          (A12_1 * k1[i] + A12_4 * k4[i] + A12_5 * k5[i] + A12_6 * k6[i] + A12_7 * k7[i] +
            A12_8 * k8[i] + A12_9 * k9[i] + A12_10 * k10[i] + A12_11 * k11[i]);
    }
    f(t + h, w, k12, p);
    for (let i = 0; i < n; i++) {
      next[i] = y[i] +
        h *
          (B1 * k1[i] + B6 * k6[i] + B7 * k7[i] + B8 * k8[i] + B9 * k9[i] + B10 * k10[i] +
            B11 * k11[i] + B12 * k12[i]);
    }
    f(t + h, next, k13, p);
  }

  /**
   * `|h| e_5² / √(e_5² + 0.01 e_3²)` with the norms of the two estimates: of order 8 in `h` like the
   * error of the method itself (HNW I, II.10). The largest of several systems.
   */
  errorNorm(h: number, rtol: number, atol: Float64Array): number {
    const y = this.y, next = this.next;
    const k1 = this.slope,
      k6 = this.#k6,
      k7 = this.#k7,
      k8 = this.#k8,
      k9 = this.#k9,
      k10 = this.#k10,
      k11 = this.#k11,
      k12 = this.#k12,
      k13 = this.nextSlope;
    const n = y.length, fifth = this.#fifth, third = this.#third, systems = fifth.length;
    fifth.fill(0);
    third.fill(0);
    let poison = 0;
    for (let i = 0, k = 0; i < n; i++) {
      const scale = (atol[i] + rtol * Math.max(Math.abs(y[i]), Math.abs(next[i]))) ||
        Number.MIN_VALUE;
      const e5 = (E1 * k1[i] + E6 * k6[i] + E7 * k7[i] + E8 * k8[i] + E9 * k9[i] + E10 * k10[i] +
        E11 * k11[i] + E12 * k12[i]) / scale;
      const e3 = (G1 * k1[i] + G6 * k6[i] + G7 * k7[i] + G8 * k8[i] + G9 * k9[i] + G10 * k10[i] +
        G11 * k11[i] + G12 * k12[i]) / scale;
      fifth[k] += e5 * e5;
      third[k] += e3 * e3;
      // k_13 is in neither estimate: NaN if it or the new state is not finite, otherwise 0.
      poison += (k13[i] - k13[i]) + (next[i] - next[i]);
      if (++k === systems) k = 0;
    }
    let worst = 0;
    for (let k = 0; k < systems; k++) {
      if (fifth[k] === 0 && third[k] === 0) continue;
      const norm = fifth[k] / Math.sqrt((fifth[k] + 0.01 * third[k]) * (n / systems));
      worst = Math.max(worst, norm);
    }
    return Math.abs(h) * worst + poison;
  }

  interpolant(t: number, h: number, rows: Float64Array): number {
    startRows(this, h, rows);
    const f = this.#f, p = this.#p;
    const y = this.y, w = this.#stage;
    const k1 = this.slope,
      k6 = this.#k6,
      k7 = this.#k7,
      k8 = this.#k8,
      k9 = this.#k9,
      k10 = this.#k10,
      k11 = this.#k11,
      k12 = this.#k12,
      k13 = this.nextSlope;
    const k14 = this.#k2, k15 = this.#k3, k16 = this.#k4;
    const n = y.length;

    for (let i = 0; i < n; i++) {
      w[i] = y[i] +
        h *
          (A14_1 * k1[i] + A14_7 * k7[i] + A14_8 * k8[i] + A14_9 * k9[i] + A14_10 * k10[i] +
            A14_11 * k11[i] + A14_12 * k12[i] + A14_13 * k13[i]);
    }
    f(t + C14 * h, w, k14, p);
    for (let i = 0; i < n; i++) {
      w[i] = y[i] +
        h *
          (A15_1 * k1[i] + A15_6 * k6[i] + A15_7 * k7[i] + A15_8 * k8[i] + A15_11 * k11[i] +
            A15_12 * k12[i] + A15_13 * k13[i] + A15_14 * k14[i]);
    }
    f(t + C15 * h, w, k15, p);
    for (let i = 0; i < n; i++) {
      w[i] = y[i] +
        h *
          (A16_1 * k1[i] + A16_6 * k6[i] + A16_7 * k7[i] + A16_8 * k8[i] + A16_9 * k9[i] +
            A16_13 * k13[i] + A16_14 * k14[i] + A16_15 * k15[i]);
    }
    f(t + C16 * h, w, k16, p);
    for (let i = 0; i < n; i++) {
      rows[3 * n + i] = h *
        (D4_1 * k1[i] + D4_6 * k6[i] + D4_7 * k7[i] + D4_8 * k8[i] + D4_9 * k9[i] + D4_10 * k10[i] +
          D4_11 * k11[i] + D4_12 * k12[i] + D4_13 * k13[i] + D4_14 * k14[i] + D4_15 * k15[i] +
          D4_16 * k16[i]);
      rows[4 * n + i] = h *
        (D5_1 * k1[i] + D5_6 * k6[i] + D5_7 * k7[i] + D5_8 * k8[i] + D5_9 * k9[i] + D5_10 * k10[i] +
          D5_11 * k11[i] + D5_12 * k12[i] + D5_13 * k13[i] + D5_14 * k14[i] + D5_15 * k15[i] +
          D5_16 * k16[i]);
      rows[5 * n + i] = h *
        (D6_1 * k1[i] + D6_6 * k6[i] + D6_7 * k7[i] + D6_8 * k8[i] + D6_9 * k9[i] + D6_10 * k10[i] +
          D6_11 * k11[i] + D6_12 * k12[i] + D6_13 * k13[i] + D6_14 * k14[i] + D6_15 * k15[i] +
          D6_16 * k16[i]);
      rows[6 * n + i] = h *
        (D7_1 * k1[i] + D7_6 * k6[i] + D7_7 * k7[i] + D7_8 * k8[i] + D7_9 * k9[i] + D7_10 * k10[i] +
          D7_11 * k11[i] + D7_12 * k12[i] + D7_13 * k13[i] + D7_14 * k14[i] + D7_15 * k15[i] +
          D7_16 * k16[i]);
    }
    return 3;
  }

  advance(): void {
    const y = this.y, slope = this.slope;
    this.y = this.next;
    this.next = y;
    this.slope = this.nextSlope;
    this.nextSlope = slope;
  }
}
