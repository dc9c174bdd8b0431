/** Gaussian moments by quadrature: grids where they are good enough, panels elsewhere. */
import type { Activation } from "../activation/activation.ts";
import { gaussianQuadrature } from "../quadrature/expectation.ts";
import { GridMoments } from "./grid_moments.ts";
import { type CrossMoments, type PairMoments, refuseMoment, type SelfMoments } from "./moments.ts";
import { PanelMoments } from "./panel_moments.ts";
import { panelsOf, radiusOf } from "./reach.ts";

const known = new WeakMap<Activation, WeakMap<Activation, PairMoments>>();

/**
 * Moments of any pair. The last point is remembered: value and derivatives cost one evaluation. So are the
 * grids of a pair, which take as long to verify as some tens of evaluations.
 */
export function quadratureMoments(student: Activation, teacher: Activation): PairMoments {
  const own = known.get(student) ?? new WeakMap<Activation, PairMoments>();
  const moments = own.get(teacher) ?? momentsOf(student, teacher);
  known.set(student, own.set(teacher, moments));
  return moments;
}

function momentsOf(student: Activation, teacher: Activation): PairMoments {
  const smooth = student.kinks.length === 0 && teacher.kinks.length === 0;
  const grid = smooth ? new GridMoments(student, teacher) : undefined;
  const panels = new PanelMoments(student, teacher);
  const infinite = "it grows too fast: the moment is infinite or beyond doubles";

  let selfAt = NaN, crossR = NaN, crossQ = NaN;
  let lastSelf: SelfMoments = [NaN, NaN], lastCross: CrossMoments = [NaN, NaN, NaN];
  const self = (r: number): SelfMoments => {
    if (r !== selfAt) {
      const radius = radiusOf(student, r, student, r);
      lastSelf = radius === undefined
        ? refuseMoment("E σ(λ)²", `r = ${r}`, student, student, infinite)
        : grid?.self(r, radius) ?? panels.self(r, radius);
      selfAt = r;
    }
    return lastSelf;
  };
  const cross = (r: number, q: number): CrossMoments => {
    if (r !== crossR || q !== crossQ) {
      const radius = radiusOf(student, r, teacher, 1);
      const place = `r = ${r}, q = ${q}`;
      if (radius === undefined) {
        refuseMoment("E σ(λ) σ⋆(λ⋆)", place, student, teacher, infinite);
      }
      lastCross = grid?.cross(r, q, radius) ?? panels.cross(r, q, radius);
      [crossR, crossQ] = [r, q];
    }
    return lastCross;
  };
  return {
    self: (r) => self(r)[0],
    selfDr: (r) => self(r)[1],
    cross: (r, q) => cross(r, q)[0],
    crossDr: (r, q) => cross(r, q)[1],
    crossDq: (r, q) => cross(r, q)[2],
    target: targetOf(teacher),
    kind: "quadrature",
  };
}

function targetOf(teacher: Activation): number {
  const moment = "E σ⋆(λ⋆)²";
  const breakpoints = panelsOf(teacher, 10, moment);
  const { value, status } = gaussianQuadrature((z) => teacher.f(z) ** 2, { breakpoints });
  if (status !== "done") refuseMoment(moment, "variance 1", teacher, teacher, status);
  return value;
}
