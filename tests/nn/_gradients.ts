/** Networks, examples and finite differences for the tests of this folder. */
import { assert } from "@std/assert";
import { type Examples, type Network } from "lora-dynamics/nn/mod.ts";
import type { Floats } from "lora-dynamics/linalg/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

/** Gaussian inputs with labels, or with Gaussian targets. */
export function examples(
  count: number,
  inputs: number,
  outputs: number,
  kind: "label" | "target" = "label",
): Examples {
  const rng = stream("7", "examples", count, inputs, outputs);
  const x = rng.fillNormal(new Float64Array(count * inputs));
  if (kind === "label") {
    return {
      count,
      x,
      label: Array.from({ length: count }, () => rng.integer(outputs)),
    };
  }
  return { count, x, target: rng.fillNormal(new Float64Array(count * outputs)) };
}

/** Adds Gaussian noise to every parameter, so that none is at a special value. */
export function shake<F extends Floats = Float64Array>(
  network: Network<F>,
  size = 0.3,
): Network<F> {
  const rng = stream("7", "shake");
  for (const { value } of Object.values(network.parameters)) {
    for (let i = 0; i < value.data.length; i++) value.data[i] += size * rng.normal();
  }
  return network;
}

/**
 * Largest error of a parameter's gradient relative to the largest entry of it, by central differences
 * of fourth order: over every entry of every trained parameter. Those listed in `zero` must vanish.
 */
export function gradientError(network: Network, data: Examples, zero: string[] = []): number {
  network.lossAndGradient(data);
  const gradient = network.gradient.slice(), { values } = network, h = 2e-4;
  const at = (i: number, shift: number) => {
    const kept = values[i];
    values[i] = kept + shift;
    const { loss } = network.evaluate(data);
    values[i] = kept;
    return loss;
  };
  let worst = 0, from = 0;
  for (const p of Object.values(network.parameters)) {
    if (!p.gradient) continue;
    const length = p.gradient.data.length;
    let error = 0, size = 0;
    for (let i = from; i < from + length; i++) {
      const near = at(i, h) - at(i, -h), far = at(i, 2 * h) - at(i, -2 * h);
      error = Math.max(error, Math.abs((8 * near - far) / (12 * h) - gradient[i]));
      size = Math.max(size, Math.abs(gradient[i]));
    }
    const vanishes = zero.includes(p.name);
    assert(vanishes ? size < 1e-14 : size > 1e-6, `gradient of ${p.name}: ${size}`);
    worst = Math.max(worst, vanishes ? error : error / size);
    from += length;
  }
  assert(from === values.length);
  return worst;
}

/** Largest difference of two arrays. */
export function distance(x: Float64Array, y: Float64Array): number {
  assert(x.length === y.length);
  return x.reduce((most, v, i) => Math.max(most, Math.abs(v - y[i])), 0);
}
