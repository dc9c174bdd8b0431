/**
 * One step of the plain chain and of the fast one, from draws that are given.
 *
 * @module
 */
import { type Draws, SingleIndexChain } from "../../../../chain/mod.ts";
import { type Claim, comparison } from "../../../../experiment/mod.ts";
import { chainStep } from "../../simulation/plain_chain.ts";
import { stepScale } from "../../step_scale.ts";

/** Draws of all cases: two samples, and the remainder. */
const DRAWS = { g: [0.7, 0.1], chi2: 45, u: 0.3 } as const;

/** Cases with the numbers of an independent implementation. */
const CASES = [
  {
    ...{ student: "erf", w0: [0.5], a: [0.2], z: [[0.5], [-1.2]], eta: 0.6, u: 0.3113578423686531 },
    sphere: { a: [0.22010886656700143], h: 0.9754753133004391 },
    free: { a: [0.2225825306137221], h: 0.9864380620920257 },
  },
  {
    ...{ student: "He3", w0: [0.5], a: [0.2], z: [[0.5], [-1.2]], eta: 0.2, u: 0.3006148799687068 },
    sphere: { a: [0.20076099194872565], h: 0.9796402523946041 },
    free: { a: [0.20079986346365514], h: 0.9798299311779517 },
  },
  {
    ...{ student: "relu", w0: [0.6, 0.4], a: [0.2, -0.3], eta: 0.6, u: 0.32569649090618924 },
    z: [[0.5, -0.4], [-1.2, 0.9]],
    sphere: { a: [0.20250115031132407, -0.30068973522913905], h: 0.9319758404864479 },
    free: { a: [0.20441562679483108, -0.30353250143586485], h: 0.9407868809524644 },
  },
] as const;

type Case = (typeof CASES)[number];

/** A step of the chain as it is written down. */
function plainStep({ student, w0, a, z, eta }: Case, sphere: boolean, chi2: number) {
  const scaled = eta / stepScale(student), h = Math.sqrt(1 - a.reduce((sum, x) => sum + x * x, 0));
  const model = { student, w0, step: [scaled, scaled] as const, sphere };
  return chainStep(model, { u: DRAWS.u, a, h }, { z, g: DRAWS.g, chi2 });
}

/** Draws that hand out the numbers of a case: samples column by column, as the chain takes them. */
function given({ w0, z }: Case, chi2: number): Draws {
  const columns = [...w0.map((_, j) => z.map((row) => row[j]!)), DRAWS.g].flat();
  const none = (out: Float64Array) => out;
  const draws: Draws = {
    ...{ normal: () => 0, chiSquare: () => chi2, fillNormal: none, fillChiSquare: none },
    stream: (name) => ({
      ...draws,
      fillNormal(out) {
        if (name === "data") out.set(columns.slice(0, out.length));
        return out;
      },
      fillChiSquare: (out) => out.fill(chi2),
    }),
  };
  return draws;
}

/** The same step of the fast chain. */
function fastStep(it: Case, sphere: boolean, chi2: number) {
  const { student, w0, a, eta } = it, d = 100;
  const model = {
    student,
    d,
    frozen: w0,
    batch: 2,
    step: eta,
    stepScale: stepScale(student),
    sphere,
  };
  const chain = new SingleIndexChain(model, 1, given(it, chi2), { u: DRAWS.u, a });
  chain.step();
  return { u: chain.state.u[0], a: [...chain.state.a], h: chain.state.h[0] };
}

/** Both steps of every case against the reference, with a remainder of this size. */
function compared(chi2: number) {
  const { put, result } = comparison();
  for (const it of CASES) {
    for (const sphere of [true, false]) {
      const after = sphere ? it.sphere : it.free, where = sphere ? "on the sphere" : "free";
      for (const [name, step] of [["plain", plainStep], ["fast", fastStep]] as const) {
        const { u, a, h } = step(it, sphere, chi2), what = `${it.student}, ${where}, ${name}: `;
        put(`${what}u`, u, it.u, 1e-14);
        after.a.forEach((x, j) => put(`${what}a${j + 1}`, a[j], x, 1e-14));
        put(`${what}h`, h, after.h, 1e-14);
      }
    }
  }
  return result("abs 1e-14, some fifty roundings of numbers of order 1");
}

/** The claim of one step. */
export const oneStepClaims: readonly Claim[] = [{
  ...{ id: "C14", paper: "pre-training-hurts", source: { whose: "ours" } },
  statement: "From given draws, one step of the plain chain and of the fast one are those of an " +
    "independent implementation: erf, He₃ and a misaligned ReLU, on the sphere and free",
  falsifier: "A coordinate that differs by 1e-14; control: a remainder that is 0.1 % larger",
  evidence: { seeds: 0, sizes: "two samples, given draws", draws: "nothing" },
  check: () => compared(DRAWS.chi2),
  control: () => compared(DRAWS.chi2 * 1.001),
}];
