/** Gaussian moments of a pair with kinks: nested Gauss–Legendre panels. */
import type { Activation } from "./activation.ts";
import { gaussianExpectation } from "./expectation.ts";
import type { PairMoments } from "./pair_moments.ts";
import { type CrossMoments, rememberedMoments, type SelfMoments } from "./_remembered_moments.ts";
import { USE_SLOPES } from "./smooth_moments.ts";

/** The density beyond this radius is below e^{−50}. */
const RADIUS = 10;
/** Longest panel, in standard deviations. */
const PANEL = 2;
const ORDER = 16;
const INVERSE_ROOT_TWO_PI = 1 / Math.sqrt(2 * Math.PI);

/** Gauss–Legendre rule on [−1, 1] by Newton from Chebyshev-like starts (DLMF 18.9.1). */
function gaussLegendre(n: number): { nodes: Float64Array; weights: Float64Array } {
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let x = -Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 1;
    for (let pass = 0; pass < 6; pass++) {
      let low = 0;
      let high = 1;
      for (let k = 0; k < n; k++) {
        const next = ((2 * k + 1) * x * high - k * low) / (k + 1);
        low = high;
        high = next;
      }
      slope = (n * (low - x * high)) / (1 - x * x);
      x -= high / slope;
    }
    nodes[i] = x;
    weights[i] = 2 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
}

const LEGENDRE = gaussLegendre(ORDER);

/** A growing list of nodes with weights that already contain the standard normal density. */
class Panels {
  z: Float64Array = new Float64Array(512);
  w: Float64Array = new Float64Array(512);
  count = 0;

  /** Panels over `[−reach, reach]`, cut at the points (in any order; those outside are ignored). */
  build(reach: number, cuts: readonly number[], cutCount: number): void {
    this.count = 0;
    let left = -reach;
    while (left < reach) {
      let next = reach;
      for (let i = 0; i < cutCount; i++) {
        const c = cuts[i];
        if (c > left && c < next) next = c;
      }
      const pieces = Math.max(1, Math.ceil((next - left) / PANEL));
      const width = (next - left) / pieces;
      for (let piece = 0; piece < pieces; piece++) this.#add(left + piece * width, width);
      left = next;
    }
  }

  #add(left: number, width: number): void {
    if (this.count + ORDER > this.z.length) {
      const z = new Float64Array(2 * this.z.length);
      const w = new Float64Array(2 * this.z.length);
      z.set(this.z);
      w.set(this.w);
      this.z = z;
      this.w = w;
    }
    const half = 0.5 * width;
    for (let i = 0; i < ORDER; i++) {
      const z = left + half * (1 + LEGENDRE.nodes[i]);
      this.z[this.count] = z;
      this.w[this.count] = half * LEGENDRE.weights[i] * INVERSE_ROOT_TWO_PI *
        Math.exp(-0.5 * z * z);
      this.count++;
    }
  }
}

/** Jump of `σ′` at the breakpoint, each side extrapolated linearly onto it. */
function slopeJump(a: Activation, b: number): number {
  const h = 1e-7 * (1 + Math.abs(b));
  const right = 2 * a.df(b + h) - a.df(b + 2 * h);
  const left = 2 * a.df(b - h) - a.df(b - 2 * h);
  const jump = right - left;
  return Math.abs(jump) <= 1e-8 * (Math.abs(right) + Math.abs(left)) ? 0 : jump;
}

/**
 * As for smooth pairs `λ = q λ⋆ + p g`. The outer variable `λ⋆` is cut at the teacher's kinks and
 * around `b/q`, where the inner integral turns within a width `p/q`; the inner variable `g` is cut
 * where `λ` meets a kink `b` of the student. Derivatives in `r` use slopes alone as for smooth
 * pairs; for small `r` they use `σ″`, in which a jump of `σ′` is a point mass.
 */
export function kinkedMoments(student: Activation, teacher: Activation): PairMoments {
  const kinks = student.breakpoints;
  const jumps = kinks.map((b) => slopeJump(student, b));
  const values = kinks.map((b) => student.f(b));
  const outer = new Panels();
  const inner = new Panels();
  let x = new Float64Array(0);
  let f = new Float64Array(0);
  let df = new Float64Array(0);
  let d2f = new Float64Array(0);
  const cuts: number[] = [];

  /** Student at `shift + p z` for the nodes of the panels; `z σ′` or `σ″` in the third array. */
  const fillStudent = (panels: Panels, shift: number, p: number, slopes: boolean): void => {
    const { z, count } = panels;
    if (x.length < count) {
      x = new Float64Array(2 * count);
      f = new Float64Array(2 * count);
      df = new Float64Array(2 * count);
      d2f = new Float64Array(2 * count);
    }
    for (let j = 0; j < count; j++) x[j] = shift + p * z[j];
    if (slopes) {
      student.fill(x, count, f, df);
      for (let j = 0; j < count; j++) d2f[j] = z[j] * df[j];
    } else {
      student.fillCurvatures(x, count, f, df, d2f);
    }
  };

  /** Density of `λ` at `b`. */
  const density = (r: number, b: number): number =>
    r > 0 ? (INVERSE_ROOT_TWO_PI * Math.exp((-0.5 * b * b) / r)) / Math.sqrt(r) : 0;

  /** `E[σ⋆(λ⋆) | λ = b]`. */
  const teacherGiven = (b: number, r: number, q: number, p: number): number => {
    const mean = (q * b) / r;
    const sd = p / Math.sqrt(r);
    let count = 0;
    for (const c of teacher.breakpoints) cuts[count++] = (c - mean) / sd;
    inner.build(RADIUS, cuts, count);
    let sum = 0;
    for (let j = 0; j < inner.count; j++) sum += inner.w[j] * teacher.f(mean + sd * inner.z[j]);
    return sum;
  };

  const evaluateCross = (r: number, q: number): CrossMoments => {
    const p = Math.sqrt(Math.max(0, r - q * q));
    let count = 0;
    for (const b of teacher.breakpoints) cuts[count++] = b;
    if (q !== 0) {
      const width = p / Math.abs(q);
      for (const b of kinks) {
        const reach = width < 1 ? 8 : 0;
        for (let i = -reach; i <= reach; i += 2) cuts[count++] = b / q + i * width;
      }
    }
    outer.build(RADIUS, cuts, count);
    const slopes = r >= USE_SLOPES;
    let value = 0;
    let slopeQ = 0;
    // E gσ′σ⋆ or E σ″σ⋆, and E λ⋆σ′σ⋆
    let third = 0;
    let fourth = 0;
    for (let i = 0; i < outer.count; i++) {
      const z = outer.z[i];
      const shift = q * z;
      let innerCount = 0;
      if (p > 0) { for (const b of kinks) cuts[innerCount++] = (b - shift) / p; }
      inner.build(Math.sqrt(RADIUS * RADIUS - z * z), cuts, innerCount);
      fillStudent(inner, shift, p, slopes);
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      for (let j = 0; j < inner.count; j++) {
        const w = inner.w[j];
        s0 += w * f[j];
        s1 += w * df[j];
        s2 += w * d2f[j];
      }
      const w = outer.w[i];
      const t = w * teacher.f(z);
      value += t * s0;
      third += t * s2;
      fourth += z * t * s1;
      slopeQ += w * teacher.df(z) * s1;
    }
    let slopeR = slopes ? (p * third + q * (fourth - slopeQ)) / (2 * r) : 0.5 * third;
    for (let i = 0; i < kinks.length && !slopes; i++) {
      const mass = jumps[i] * density(r, kinks[i]);
      if (mass !== 0) slopeR += 0.5 * mass * teacherGiven(kinks[i], r, q, p);
    }
    return [value, slopeR, slopeQ];
  };

  const evaluateSelf = (r: number): SelfMoments => {
    // At r = 0 the sign of λ still matters: a kink at 0 is met from both sides.
    const root = Math.sqrt(Math.max(r, 1e-300));
    for (let i = 0; i < kinks.length; i++) cuts[i] = kinks[i] / root;
    inner.build(RADIUS, cuts, kinks.length);
    const slopes = r >= USE_SLOPES;
    fillStudent(inner, 0, root, slopes);
    let value = 0;
    let slope = 0;
    for (let j = 0; j < inner.count; j++) {
      value += inner.w[j] * f[j] * f[j];
      slope += inner.w[j] *
        (slopes ? (f[j] * d2f[j]) / root : df[j] * df[j] + f[j] * d2f[j]);
    }
    for (let i = 0; i < kinks.length && !slopes; i++) {
      slope += jumps[i] * values[i] * density(r, kinks[i]);
    }
    return [value, slope];
  };

  const target = gaussianExpectation((z) => teacher.f(z) ** 2, {
    breakpoints: teacher.breakpoints,
  });
  return rememberedMoments(evaluateSelf, evaluateCross, target);
}
