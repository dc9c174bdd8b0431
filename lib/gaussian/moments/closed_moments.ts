/** Closed forms of the Gaussian moments. */
import type { ClosedForm } from "../activation/activation.ts";
import { factorial } from "../functions/hermite.ts";
import { across, type PairMoments } from "./moments.ts";

/**
 * Two polynomials `σ = Σ a_k He_k`, `σ⋆ = Σ b_j He_j`. With
 * `β_j(r) = Σ_m a_{j+2m} (j+2m)!/(m! j!) ((r−1)/2)^m`, so that `σ(√r z) = Σ_j β_j r^{j/2} He_j(z)`:
 * `self = Σ j! β_j² r^j`, `cross = Σ j! β_j b_j q^j`, and `β_j′ = ½ (j+1)(j+2) β_{j+2}`.
 */
export function polynomialMoments(
  a: readonly number[],
  b: readonly number[],
): PairMoments {
  const size = a.length;
  const rows: Float64Array[] = [];
  const factorials = new Float64Array(Math.max(size, b.length));
  for (let j = 0; j < factorials.length; j++) factorials[j] = factorial(j);
  for (let j = 0; j < size; j++) {
    const row: number[] = [];
    // link = (j+2m)!/(m! j!)
    let link = 1;
    for (let m = 0; j + 2 * m < size; m++) {
      if (m > 0) link *= ((j + 2 * m) * (j + 2 * m - 1)) / m;
      row.push(a[j + 2 * m] * link);
    }
    rows.push(Float64Array.from(row));
  }
  const beta = new Float64Array(size + 2);
  let last = NaN;
  const prepare = (r: number): void => {
    if (r === last) return;
    const s = 0.5 * (r - 1);
    for (let j = 0; j < size; j++) {
      const row = rows[j];
      let sum = 0;
      for (let m = row.length - 1; m >= 0; m--) sum = sum * s + row[m];
      beta[j] = sum;
    }
    last = r;
  };
  const slope = (j: number): number => 0.5 * (j + 1) * (j + 2) * beta[j + 2];
  const common = Math.min(size, b.length);
  let target = 0;
  for (let j = 0; j < b.length; j++) target += factorials[j] * b[j] * b[j];
  return {
    self(r) {
      prepare(r);
      let sum = 0;
      for (let j = size - 1; j >= 0; j--) sum = sum * r + factorials[j] * beta[j] * beta[j];
      return sum;
    },
    selfDr(r) {
      prepare(r);
      let sum = 0;
      for (let j = size - 1; j >= 0; j--) {
        const next = j + 1 < size ? factorials[j + 1] * (j + 1) * beta[j + 1] * beta[j + 1] : 0;
        sum = sum * r + 2 * factorials[j] * beta[j] * slope(j) + next;
      }
      return sum;
    },
    cross(r, q) {
      prepare(r);
      let sum = 0;
      for (let j = common - 1; j >= 0; j--) sum = sum * q + factorials[j] * beta[j] * b[j];
      return sum;
    },
    crossDr(r, q) {
      prepare(r);
      let sum = 0;
      for (let j = common - 1; j >= 0; j--) sum = sum * q + factorials[j] * slope(j) * b[j];
      return sum;
    },
    crossDq(r, q) {
      prepare(r);
      let sum = 0;
      for (let j = common - 1; j >= 1; j--) sum = sum * q + factorials[j] * j * beta[j] * b[j];
      return sum;
    },
    target,
    kind: "closed form",
  };
}

/** Of `c erf(aλ)` with `e erf(bλ⋆)`; arcsines are arctangents, which keep their accuracy everywhere. */
export function erfMoments(
  { inner: a, outer: c }: ClosedForm,
  { inner: b, outer: e }: ClosedForm,
): PairMoments {
  const unit = 2 / Math.PI, aa = a * a, ab = a * b;
  const root = (r: number, q: number) =>
    Math.sqrt(1 + 2 * b * b + 2 * aa * r + 4 * ab * ab * Math.max(0, r - q * q));
  return {
    self: (r) => c * c * unit * Math.atan2(2 * aa * r, Math.sqrt(1 + 4 * aa * r)),
    selfDr: (r) => c * c * 2 * unit * aa / ((1 + 2 * aa * r) * Math.sqrt(1 + 4 * aa * r)),
    cross: (r, q) => c * e * unit * Math.atan2(2 * ab * q, root(r, q)),
    crossDr: (r, q) => -c * e * unit * 2 * aa * ab * q / ((1 + 2 * aa * r) * root(r, q)),
    crossDq: (r, q) => c * e * 2 * unit * ab / root(r, q),
    target: e * e * unit * Math.asin(2 * b * b / (1 + 2 * b * b)),
    kind: "closed form",
  };
}

/** Of ReLUs, `relu(aλ) = |a| relu(±λ)`; with `p = √(r − q²)` and `π − θ = atan2(p, −q)`. */
export function reluMoments(student: ClosedForm, teacher: ClosedForm): PairMoments {
  const size = ({ inner, outer }: ClosedForm) => Math.abs(inner) * outer;
  const own = size(student) ** 2, both = size(student) * size(teacher);
  const sign = Math.sign(student.inner * teacher.inner);
  return {
    self: (r) => own * 0.5 * r,
    selfDr: () => own * 0.5,
    cross(r, unsigned) {
      const q = sign * unsigned, p = across(r, q);
      const t = -p / q;
      if (!(q < 0 && t < 0.3)) return both * (p + q * Math.atan2(p, -q)) / (2 * Math.PI);
      // Opposite directions: t − arctan t without its cancellation.
      const square = t * t;
      let sum = 0;
      for (let n = 31; n >= 3; n -= 2) sum = 1 / n - square * sum;
      return both * (-q * t * square * sum) / (2 * Math.PI);
    },
    crossDr: (r, q) => r > 0 ? both * across(r, q) / (4 * Math.PI * r) : 0,
    crossDq: (r, q) => sign * both * Math.atan2(across(r, q), -sign * q) / (2 * Math.PI),
    target: 0.5 * size(teacher) ** 2,
    kind: "closed form",
  };
}
