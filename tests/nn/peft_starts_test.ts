import { assert, assertAlmostEquals } from "@std/assert";
import { matrix, multiply, multiplyNT, multiplyTN } from "lora-dynamics/linalg/mod.ts";
import { adapt, mlp, type StartName } from "lora-dynamics/nn/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import golden from "../golden/peft_starts.json" with { type: "json" };

const { weight, rank, alpha, starts } = golden;
const rng = stream("7", "peft");

/** Largest difference of entries. */
function apart(a: { data: ArrayLike<number> }, b: readonly (readonly number[])[]): number {
  return Math.max(...b.flat().map((x, i) => Math.abs(x - a.data[i])));
}

for (const [name, { product, rest, gram_A, gram_B }] of Object.entries(starts)) {
  Deno.test(`${name} starts where PEFT's does: factors, frozen weight and the function of the layer`, () => {
    const base = mlp({ sizes: [4, 6], rng });
    base.layers.layer1.weight.value.data.set(weight.flat());
    const adapted = adapt(base, {
      method: name as StartName,
      rank,
      alpha,
      rng,
      layers: ["layer1"],
    });
    const { scale, a, b, weight: frozen } = adapted.layers.layer1;
    assertAlmostEquals(scale, alpha / rank, 1e-15);
    const ba = multiply(b!.value, a!.value);
    // Entries of order 1, rounding of a decomposition of 24 numbers.
    const rounding = 1e-13;
    assert(apart(matrix(6, 4, ba.data.map((x) => scale * x)), product) < rounding);
    assert(apart(frozen.value, rest) < rounding);
    assert(apart(multiplyNT(a!.value, a!.value), gram_A) < rounding, "A Aᵀ");
    assert(apart(multiplyTN(b!.value, b!.value), gram_B) < rounding, "BᵀB");
    assert(apart(adapted.layers.layer1.effectiveWeight(), weight) < rounding, "the layer");
  });
}
