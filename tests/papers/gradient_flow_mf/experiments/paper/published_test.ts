/** The numbers read off the paper's figures: complete, in their places, and as a mean curve can be. */
import { assert, assertEquals } from "@std/assert";
import { where } from "lora-dynamics/experiment/mod.ts";
import {
  PUBLISHED_STEP,
  publishedFigure1,
  publishedFigures34,
  type PublishedPoint,
} from "lora-dynamics/papers/gradient_flow_mf/mod.ts";

const at = (figure: string, quantity: string, alpha: number, steps: number, c?: number) =>
  [...publishedFigure1, ...publishedFigures34].filter((point) =>
    point.figure === figure && point.quantity === quantity && point.alpha === alpha &&
    point.steps === steps && (c === undefined || point.c === c)
  ).map(({ value }) => value);

Deno.test("Fig. 1 has 47 numbers, Figs. 3 and 4 have 37; flow time is steps times 10⁻⁴", () => {
  assertEquals(publishedFigure1.length, 21 + 3 + 12 + 3 + 4 + 4);
  assertEquals(publishedFigures34.length, 6 + 3 + 6 + 3 + 3 + 3 + 3 + 3 + 2 + 3);
  assertEquals(PUBLISHED_STEP, 1e-4);
  assertEquals(at("1 left", "loss", 1e-4, 20_000), [-13.16]);
  assertEquals(at("1 middle", "gap", 1e-5, 3000), [-1.84]);
  assertEquals(at("1 right", "norm", 1e-5, 9000), [1.241]);
  assertEquals(at("1 right", "loss", 1e-5, 11_000), [-4.81]);
  assertEquals(at("3", "loss", 1e-4, 100_000, 2), [-12.81]);
  assertEquals(at("4", "gap", 1e-3, 30_000, 10), [-4.83]);
  assertEquals(at("1 right", "norm", 1e-4, 9000), []);
  assertEquals(at("4", "loss", 1e-5, 30_000, 10), []);
});

Deno.test("curves fall with the steps, ends and floors with the scale; norms rise", () => {
  const all = [...publishedFigure1, ...publishedFigures34];
  const curves = Map.groupBy(
    all.filter(({ floor }) => !floor),
    ({ figure, start, quantity, c, along, alpha }) =>
      JSON.stringify([figure, start, quantity, c, along, alpha]),
  );
  for (const curve of curves.values()) {
    const sign = curve[0].quantity === "norm" ? 1 : -1;
    curve.slice(1).forEach((point, i) => {
      assert(point.steps > curve[i].steps && sign * (point.value - curve[i].value) > 0);
    });
  }
  const ends = Map.groupBy(
    all.filter(({ floor, start, quantity }) => floor && start === "random" && quantity === "gap"),
    ({ figure, c, along }) => JSON.stringify([figure, c, along]),
  );
  assertEquals(ends.size, 6);
  for (const points of ends.values()) {
    // Two decades for one of α, at every imbalance.
    const gained = (point: PublishedPoint, i: number) => points[i].value - point.value;
    points.slice(1).map(gained).forEach((x) => assert(Math.abs(x - 2) < 0.2, `${x}`));
  }
  assertEquals(where(publishedFigure1, "start", "spectral").map(({ value }) => value), [
    ...[-25.98, -25.9, -25.9],
  ]);
});
