/** Gaussian moments of any pair: panels for the student inside adaptive panels for the teacher. */
import type { Activation } from "../activation/activation.ts";
import { panelPoints } from "../quadrature/expectation.ts";
import { NODES, ORDER, WEIGHTS } from "../quadrature/legendre.ts";
import { integratePanels, type PanelSums } from "../quadrature/panels.ts";
import {
  across,
  type CrossMoments,
  refuseMoment,
  type SelfMoments,
  USE_SLOPES,
} from "./moments.ts";
import { panelsOf } from "./reach.ts";

const INVERSE_ROOT_TWO_PI = 1 / Math.sqrt(2 * Math.PI);
/** Wanted errors of the outer panels, and the error beyond which a moment is refused. */
const WANTED = 1e-13;
const REFUSED = 1e-9;
/** Evaluations of the student for one moment, about a second of work. */
const MOST_NODES = 3e7;

const CROSS = "E σ(λ) σ⋆(λ⋆)";
const SELF = "E σ(λ)²";

function density(z: number): number {
  return INVERSE_ROOT_TWO_PI * Math.exp(-0.5 * z * z);
}

/** Jump of `σ′` at a kink, each side extrapolated linearly onto it. */
function slopeJump(a: Activation, b: number): number {
  const h = 1e-7; // kinks that matter below USE_SLOPES lie within 1.3 of 0
  const right = 2 * a.df(b + h) - a.df(b + 2 * h);
  const left = 2 * a.df(b - h) - a.df(b - 2 * h);
  return right - left;
}

/** Nodes in `g` with weights that contain the standard normal density. */
class Rule {
  g = new Float64Array(512);
  w = new Float64Array(512);
  count = 0;

  /** Panels over `[−reach, reach]`, at most two long, cut where `shift + p g` meets a point. */
  build(reach: number, points: readonly number[], shift: number, p: number): void {
    this.count = 0;
    let left = -reach, i = 0;
    while (left < reach) {
      const cut = i < points.length ? (points[i++] - shift) / p : reach;
      // A point on the left, and a panel that is shorter than rounding and has no inside.
      if (cut - left < 1e-14 && cut < reach) continue;
      const next = Math.min(cut, reach), pieces = Math.ceil((next - left) / 2);
      const width = (next - left) / pieces;
      for (let k = 0; k < pieces; k++) this.#add(left + k * width, width);
      left = next;
    }
  }

  #add(left: number, width: number): void {
    if (this.count + ORDER > this.g.length) {
      const [g, w] = [new Float64Array(2 * this.g.length), new Float64Array(2 * this.g.length)];
      g.set(this.g);
      w.set(this.w);
      this.g = g;
      this.w = w;
    }
    const half = 0.5 * width;
    for (let i = 0; i < ORDER; i++) {
      const g = left + half * (1 + NODES[i]);
      this.g[this.count] = g;
      this.w[this.count++] = half * WEIGHTS[i] * density(g);
    }
  }
}

/**
 * As on the grids `λ = q λ⋆ + p g`. The inner variable `g` is cut where `λ` meets the ends of the
 * student's panels, on each of which 16 nodes are enough; the outer variable is cut at the ends of
 * the teacher's panels and refined until the errors of all sums are small. Derivatives in `r` use
 * slopes alone; for small `r` they use `σ″`, in which a jump of `σ′` is a point mass.
 */
export class PanelMoments {
  readonly #student: Activation;
  readonly #teacher: Activation;
  readonly #jumps: readonly number[];
  readonly #rule = new Rule();
  #x = new Float64Array(0);
  #f = new Float64Array(0);
  #df = new Float64Array(0);
  #d2f = new Float64Array(0);

  constructor(student: Activation, teacher: Activation) {
    this.#student = student;
    this.#teacher = teacher;
    this.#jumps = student.kinks.map((b) => slopeJump(student, b));
  }

  /** Cross moments from a disc of this radius. */
  cross(r: number, q: number, radius: number): CrossMoments {
    const student = this.#student, teacher = this.#teacher, rule = this.#rule;
    const p = across(r, q), slopes = r >= USE_SLOPES;
    const points = panelsOf(student, Math.sqrt(r) * radius, CROSS);
    const cuts = [...panelsOf(teacher, radius, CROSS)];
    // Where p is small the outer integrand has the student's structure, and around b/q it turns
    // within a width p/q that could fall between nodes.
    const width = p / Math.abs(q);
    if (width < 1) {
      cuts.push(...points.map((b) => b / q));
      for (const b of student.kinks) {
        for (let i = -8; i <= 8; i += 2) cuts.push(b / q + i * width);
      }
      cuts.sort((a, b) => a - b);
    }
    const place = `r = ${r}, q = ${q}`;
    let spent = 0;
    const integrands = (z: Float64Array, out: Float64Array, size: Float64Array): void => {
      for (let i = 0; i < ORDER; i++) {
        const shift = q * z[i];
        rule.build(Math.sqrt(radius * radius - z[i] * z[i]), p > 0 ? points : [], shift, p);
        spent += rule.count;
        if (spent > MOST_NODES) {
          refuseMoment(CROSS, place, student, teacher, `more than ${MOST_NODES} nodes are needed`);
        }
        this.#fill(shift, p, slopes);
        let s0 = 0, s1 = 0, s2 = 0, a0 = 0, a1 = 0, a2 = 0;
        for (let j = 0; j < rule.count; j++) {
          const w = rule.w[j], v0 = w * this.#f[j], v1 = w * this.#df[j], v2 = w * this.#d2f[j];
          s0 += v0;
          s1 += v1;
          s2 += v2;
          a0 += Math.abs(v0);
          a1 += Math.abs(v1);
          a2 += Math.abs(v2);
        }
        const weight = density(z[i]), t = weight * teacher.f(z[i]);
        const dt = weight * teacher.df(z[i]);
        out[i] = t * s0;
        size[i] = Math.abs(t) * a0;
        out[ORDER + i] = dt * s1;
        size[ORDER + i] = Math.abs(dt) * a1;
        const along = slopes ? q * (z[i] * t - dt) : 0, across = slopes ? p * t : t;
        out[2 * ORDER + i] = across * s2 + along * s1;
        size[2 * ORDER + i] = Math.abs(across) * a2 + Math.abs(along) * a1;
      }
    };
    const sums = integratePanels(3, integrands, panelPoints(-radius, radius, cuts), WANTED);
    check(CROSS, place, student, teacher, sums);
    const [value, slopeQ, third] = sums.values;
    let slopeR = third * (slopes ? 0.5 / r : 0.5);
    for (let i = 0; i < this.#jumps.length && !slopes; i++) {
      const b = student.kinks[i];
      const mass = this.#jumps[i] * (r > 0 ? density(b / Math.sqrt(r)) / Math.sqrt(r) : 0);
      if (mass !== 0) slopeR += 0.5 * mass * this.#teacherGiven(b, r, q, p, radius);
    }
    return [value, slopeR, slopeQ];
  }

  /** Student at `shift + p g` for the nodes of the rule; `g σ′` or `σ″` in the third array. */
  #fill(shift: number, p: number, slopes: boolean): void {
    const { g, count } = this.#rule;
    if (this.#x.length < count) {
      [this.#x, this.#f, this.#df, this.#d2f] = [0, 1, 2, 3].map(() => new Float64Array(2 * count));
    }
    const x = this.#x, df = this.#df, d2f = this.#d2f;
    for (let j = 0; j < count; j++) x[j] = shift + p * g[j];
    if (slopes) {
      this.#student.fill(x, count, this.#f, df);
      for (let j = 0; j < count; j++) d2f[j] = g[j] * df[j];
    } else {
      this.#student.fillCurvatures(x, count, this.#f, df, d2f);
    }
  }

  /** `E[σ⋆(λ⋆) | λ = b]`. */
  #teacherGiven(b: number, r: number, q: number, p: number, radius: number): number {
    const mean = (q * b) / r, sd = p / Math.sqrt(r), rule = this.#rule;
    const points = panelsOf(this.#teacher, Math.abs(mean) + sd * radius, CROSS);
    rule.build(radius, sd > 0 ? points : [], mean, sd);
    let sum = 0;
    for (let j = 0; j < rule.count; j++) {
      sum += rule.w[j] * this.#teacher.f(mean + sd * rule.g[j]);
    }
    return sum;
  }

  /** `E σ(λ)²` and its derivative, up to this radius. */
  self(r: number, radius: number): SelfMoments {
    const student = this.#student, slopes = r >= USE_SLOPES;
    // At r = 0 the sign of λ still matters: a kink at 0 is met from both sides.
    const root = Math.sqrt(Math.max(r, 1e-300));
    const cuts = panelsOf(student, root * radius, SELF).map((b) => b / root);
    const [x, f, df] = [0, 1, 2].map(() => new Float64Array(ORDER));
    const integrands = (z: Float64Array, out: Float64Array, size: Float64Array): void => {
      for (let i = 0; i < ORDER; i++) x[i] = root * z[i];
      student.fill(x, ORDER, f, df);
      for (let i = 0; i < ORDER; i++) {
        const weight = density(z[i]);
        size[i] = out[i] = weight * f[i] * f[i];
        const a = slopes ? z[i] * f[i] * df[i] / root : df[i] * df[i];
        const b = slopes ? 0 : f[i] * student.d2f(x[i]);
        out[ORDER + i] = weight * (a + b);
        size[ORDER + i] = weight * (Math.abs(a) + Math.abs(b));
      }
    };
    const sums = integratePanels(2, integrands, panelPoints(-radius, radius, cuts), WANTED);
    check(SELF, `r = ${r}`, student, student, sums);
    const [value, slope] = sums.values;
    let jumps = 0;
    for (let i = 0; i < this.#jumps.length && !slopes; i++) {
      const b = student.kinks[i];
      if (r > 0) jumps += this.#jumps[i] * student.f(b) * density(b / root) / root;
    }
    return [value, slope + jumps];
  }
}

function check(
  moment: string,
  place: string,
  student: Activation,
  teacher: Activation,
  { errors, sizes, nonFinite }: PanelSums,
): void {
  if (nonFinite !== undefined) {
    refuseMoment(moment, place, student, teacher, `the integrand is not finite at ${nonFinite}`);
  }
  for (let k = 0; k < errors.length; k++) {
    if (errors[k] <= REFUSED * sizes[k]) continue;
    const found = `the error is ${errors[k]} of ${sizes[k]}`;
    refuseMoment(moment, place, student, teacher, found);
  }
}
