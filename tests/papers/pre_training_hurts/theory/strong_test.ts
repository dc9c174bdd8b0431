import { assertAlmostEquals } from "@std/assert";
import { slope } from "lora-dynamics/experiment/mod.ts";
import { activation, pairMoments } from "lora-dynamics/gaussian/mod.ts";
import {
  searchMatrix,
  searchTime,
  stepScale,
  strongPretraining,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import golden from "../../../golden/pre-training-hurts.json" with { type: "json" };

/** `|x − y| ≤ rel·|y|`, with a message that says where. */
function assertClose(x: number, y: number, rel: number, where: string): void {
  assertAlmostEquals(x, y, rel * Math.abs(y), where);
}

Deno.test("strongPretraining() has the reference's constants and the closed ones", () => {
  for (const { student, kappa, kappaZ, constant } of golden.strong) {
    const found = strongPretraining(activation(student));
    assertClose(found.kappa, kappa, 1e-13, student);
    assertClose(found.kappaZ, kappaZ, 1e-13, student);
    assertClose(found.constant, constant, 1e-13, student);
  }
  const erf = strongPretraining(activation("erf"));
  assertClose(erf.kappa, 4 / (Math.PI * Math.sqrt(5)), 1e-14, "kappa of erf");
  assertClose(erf.kappaZ, 4 / (Math.PI * 5 ** 1.5), 1e-14, "kappa_z of erf");
  for (let k = 1; k <= 8; k++) {
    const { kappa, kappaZ } = strongPretraining(activation(`He${k}`));
    assertClose(kappa, 1, 1e-13, `kappa of He${k}`);
    assertClose(kappaZ, 2 * k - 1, 1e-13, `kappa_z of He${k}`);
  }
});

Deno.test("strongPretraining() gives curvatures of the loss: kappa_z along the target, kappa across", () => {
  for (const name of ["erf", "sigmoid", "He3"]) {
    const sigma = activation(name), moments = pairMoments(sigma, sigma), h = 1e-3;
    const loss = (r: number, q: number) =>
      (moments.self(r) / 2 - moments.cross(r, q) + moments.target / 2) / stepScale(sigma);
    const along = (s: number) => loss(s * s, s), across = (s: number) => loss(1 + s * s, 1);
    const second = (f: (s: number) => number, x: number) =>
      (16 * (f(x + h) + f(x - h)) - (f(x + 2 * h) + f(x - 2 * h)) - 30 * f(x)) / (12 * h * h);
    const { kappa, kappaZ } = strongPretraining(sigma);
    assertClose(second(along, 1), kappaZ, 1e-6, `${name} along`);
    assertClose(second(across, 0), kappa, 1e-6, `${name} across`);
  }
});

Deno.test("(1 - mu)^2 tau has the reference's value at mu = 0.999", () => {
  for (const { student, scaledTau } of golden.strong) {
    const tau = searchTime(searchMatrix(0.999, activation(student)));
    // A = κ_z(1 − μ) is 1e-3 of the integrands; tau goes as A⁻².
    assertClose(1e-6 * tau, scaledTau, 1e-10, student);
  }
});

Deno.test("(1 - mu)^2 tau tends to kappa/kappa_z^2 at its order in 1 - mu", () => {
  // x, ReLU, He2: the linear correction vanishes.
  const orders: Record<string, number> = { x: 2, relu: 2, erf: 1, sigmoid: 1, He3: 1, He4: 1 };
  for (const [name, order] of Object.entries(orders)) {
    const student = activation(name), { constant } = strongPretraining(student);
    const eps = [0.02, 0.01, 0.005, 0.0025];
    const gaps = eps.map((e) =>
      Math.abs(e * e * searchTime(searchMatrix(1 - e, student)) / constant - 1)
    );
    assertAlmostEquals(slope(eps.map(Math.log), gaps.map(Math.log)), order, 0.2, name);
  }
});
