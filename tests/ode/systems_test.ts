import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { solveOde } from "lora-dynamics/ode/mod.ts";

/** Pendulums with squared frequencies 1, 4, 9 side by side: angles, then velocities. */
const three = (_t: number, y: Float64Array, dy: Float64Array) => {
  for (let k = 0; k < 3; k++) {
    dy[k] = y[3 + k];
    dy[3 + k] = -((k + 1) ** 2) * Math.sin(y[k]);
  }
};
const one = (_t: number, y: Float64Array, dy: Float64Array) => {
  dy[0] = y[1];
  dy[1] = -9 * Math.sin(y[0]);
};
const options = { rtol: 1e-10, atol: 1e-10, times: [1, 7, 20], land: true } as const;

Deno.test("systems side by side: the worst of them sets the step", () => {
  // Two that stand still change nothing: step for step the third alone.
  const still = solveOde(three, 0, 20, [0, 0, 1.5, 0, 0, 0], { ...options, systems: 3 });
  const alone = solveOde(one, 0, 20, [1.5, 0], { ...options, firstStep: 1e-3 });
  const same = solveOde(three, 0, 20, [0, 0, 1.5, 0, 0, 0], {
    ...{ ...options, systems: 3, firstStep: 1e-3 },
  });
  assertEquals(same.stats, alone.stats);
  assertEquals(same.states.map((y) => [y[2], y[5]]), alone.states.map((y) => [...y]));
  // Control: in one norm the still ones hide a part of the error.
  const hidden = solveOde(three, 0, 20, [0, 0, 1.5, 0, 0, 0], { ...options, firstStep: 1e-3 });
  assertEquals(hidden.stats.accepted < same.stats.accepted, true);
  still.states.forEach((y, i) => assertAlmostEquals(y[2], alone.states[i][0], 1e-7));
});

Deno.test("systems must divide the state, and belong to dop853", () => {
  const solve = (more: object) => solveOde(three, 0, 1, [1, 1, 1, 0, 0, 0], more);
  assertThrows(() => solve({ systems: 4 }), RangeError, "the length 6 of y0 / systems must be");
  assertThrows(() => solve({ systems: 0 }), RangeError, "systems must be");
  assertThrows(
    () => solve({ systems: 2, method: "dopri5" }),
    TypeError,
    "systems must be left out",
  );
});
