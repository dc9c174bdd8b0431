import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { matrixState, solveOde } from "lora-dynamics/ode/mod.ts";

Deno.test("views share the memory of the state, in the order of the shapes", () => {
  const state = matrixState({ A: [2, 3], B: [1, 2] });
  assertEquals(state.length, 8);
  const flat = state.pack({ B: [7, 8], A: [1, 2, 3, 4, 5, 6] });
  assertEquals([...flat], [1, 2, 3, 4, 5, 6, 7, 8]);
  const { A, B } = state.views(flat);
  assert(A.buffer === flat.buffer && B.buffer === flat.buffer);
  B[1] = 9;
  assertEquals(flat[7], 9);
  assert(state.views(flat) === state.views(flat));
});

Deno.test("views of a subarray start where it starts", () => {
  const state = matrixState({ A: [1, 2], B: [1, 1] });
  const rows = Float64Array.of(0, 0, 0, 1, 2, 3);
  const { A, B } = state.views(rows.subarray(3));
  assertEquals([...A, ...B], [1, 2, 3]);
});

Deno.test("a flow on matrices is bit for bit the flow on their entries, with every method", () => {
  // A' = −A B, B' = A − B on 2×2 matrices
  const state = matrixState({ A: [2, 2], B: [2, 2] });
  const product = (y: Float64Array, dy: Float64Array, b: number) => {
    for (let i = 0; i < 2; i++) {
      for (let j = 0; j < 2; j++) {
        dy[2 * i + j] = -(y[2 * i] * y[b + j] + y[2 * i + 1] * y[b + 2 + j]);
      }
    }
  };
  const onMatrices = state.rhs((_t, { A, B }, dy) => {
    for (let i = 0; i < 2; i++) {
      for (let j = 0; j < 2; j++) {
        dy.A[2 * i + j] = -(A[2 * i] * B[j] + A[2 * i + 1] * B[2 + j]);
      }
    }
    for (let i = 0; i < 4; i++) dy.B[i] = A[i] - B[i];
  });
  const flat = (_t: number, y: Float64Array, dy: Float64Array) => {
    product(y, dy, 4);
    for (let i = 0; i < 4; i++) dy[4 + i] = y[i] - y[4 + i];
  };
  const y0 = state.pack({ A: [1, 0.2, -0.1, 0.5], B: [0.3, 0, 0.1, 1] });
  for (const method of ["dopri5", "dop853", "radau5", "midpoint"] as const) {
    const own = method === "midpoint" ? { step: 0.1 } : {};
    const options = { method, times: [0.5, 2], ...own };
    const a = solveOde(onMatrices, 0, 2, y0, options);
    const b = solveOde(flat, 0, 2, y0, options);
    assertEquals(a.y, b.y);
    assertEquals(a.stats, b.stats);
    assertEquals([...state.views(a.states[0]).B], [...b.states[0].subarray(4)]);
  }
  assertAlmostEquals(y0[0], 1, 0);
});

Deno.test("shapes, names and entries that do not fit are refused with both sides", () => {
  const state = matrixState({ A: [2, 3], B: [1, 2] });
  const A = new Float64Array(6);
  assertThrows(
    () => state.pack({ A: [1, 2], B: [1, 2] }),
    TypeError,
    "A must have 2×3 = 6 entries: current number is 2",
  );
  assertThrows(() => state.pack({ A, B: [1, NaN] }), RangeError, "B[1] must be finite");
  // deno-lint-ignore no-explicit-any -- what a notebook cell may pass
  assertThrows(() => state.pack({ A } as any), TypeError, "B must have 1×2 = 2 entries");
  assertThrows(
    // deno-lint-ignore no-explicit-any -- what a notebook cell may pass
    () => state.pack({ A, B: [1, 2], C: [1] } as any),
    TypeError,
    'matrices must be among A, B: current value is "C"',
  );
  assertThrows(() => state.views(new Float64Array(7)), TypeError, "8 entries: current length is 7");
  assertThrows(() => matrixState({ A: [2, 0] }), RangeError, "shapes.A[1]");
  assertThrows(() => matrixState({}), TypeError, "at least one matrix");
  // deno-lint-ignore no-explicit-any -- what a notebook cell may pass
  assertThrows(() => matrixState({ A: 4 } as any), TypeError, "shapes.A must be [rows, columns]");
});
