import { assertEquals, assertNotEquals } from "@std/assert";
import { type Examples, mlp } from "lora-dynamics/nn/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

const network = () => {
  const rng = stream("5"), frozen = mlp({ sizes: [4, 3, 2], rng, batch: 3 });
  const shape = { rank: 2, scale: 1 };
  const adapted = frozen.withAdapters({ layer1: shape, layer2: shape });
  stream("6").fillNormal(adapted.values);
  return adapted;
};
const examples = (seed: string, count = 3): Examples => ({
  ...{ count, x: stream(seed).fillNormal(new Float64Array(4 * count)) },
  label: [0, 1, 1].slice(0, count),
});

/** Loss and gradient of a network that has seen nothing before. */
const fresh = (data: Examples, change?: (weights: Float64Array) => void) => {
  const one = network();
  change?.(one.layers.layer1.weight.value.data);
  return [one.lossAndGradient(data), [...one.gradient]];
};

Deno.test("a network that sees the same inputs again says what a new one says, bit for bit", () => {
  const one = network(), [a, b, few] = [examples("1"), examples("2"), examples("1", 2)];
  const again = (data: Examples) => [one.lossAndGradient(data), [...one.gradient]];
  for (const data of [a, a, b, few, few, a, a]) assertEquals(again(data), fresh(data));
});

Deno.test("what is changed in place is seen: inputs, and weights although they are frozen", () => {
  const one = network(), data = examples("1");
  const again = () => [one.lossAndGradient(data), [...one.gradient]];
  const before = again();
  data.x[11] += 0.5;
  assertEquals(again(), fresh(data));
  assertNotEquals(again(), before);
  const change = (weights: Float64Array) => weights[0] += 0.5;
  change(one.layers.layer1.weight.value.data);
  assertEquals(again(), fresh(data, change));
});
