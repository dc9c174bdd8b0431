import { assert, assertEquals, assertThrows } from "@std/assert";
import { kernels, matrixKernels } from "lora-dynamics/kernels/mod.ts";

Deno.test("a memory has room for what was asked, is zero, and has room for no more than a page", () => {
  for (const entries of [0, 1, 8000, 100_000]) {
    const { floats, heap } = matrixKernels(entries);
    const room = floats.length - heap / 8;
    assert(room >= entries && room < entries + 8192, `${room} for ${entries}`);
    assert(floats.subarray(heap / 8).every((x) => x === 0));
    assertEquals(heap % 16, 0);
  }
  // Ten pages of 64 KiB to the last entry, and one more for an entry more.
  const full = 10 * 8192 - matrixKernels(0).heap / 8;
  assertEquals([full, full + 1].map((n) => matrixKernels(n).floats.length / 8192), [10, 11]);
  assertThrows(() => matrixKernels(-1), RangeError, "must be an integer from 0");
  // 65536 pages of 64 KiB are all that WebAssembly addresses; one of them is the module's own.
  const most = 65535 * 65536 / 8, wanted = `must be an integer from 0 to ${most}`;
  for (const entries of [2 ** 29, most + 1]) {
    assertThrows(() => matrixKernels(entries), RangeError, wanted);
  }
  assertThrows(() => matrixKernels(NaN), RangeError, "current value is NaN");
});

Deno.test("views stay valid and apart however many memories are made", () => {
  const { state, block } = kernels;
  state.set([1, 0, 2, 0, 3, 0, 4, 0]);
  kernels.fillNormal(100);
  const before = block.slice(0, 100);
  const all = Array.from({ length: 500 }, (_, i) => {
    const { floats, heap } = matrixKernels(4);
    floats[heap / 8] = i;
    return floats.subarray(heap / 8, heap / 8 + 4);
  });
  all.forEach((view, i) => assertEquals([...view], [i, 0, 0, 0]));
  assertEquals(block.slice(0, 100), before);
  assert(state.length === 8 && block.length === 2048);
  assertEquals(block.buffer.byteLength, 65536); // the generators have one page
});

Deno.test("the kernels write nowhere but to their result and their work", () => {
  const m = 7, r = 3, n = 9, sizes = [m * r, r * n, m * n, m * r, r * n];
  const gap = 5, total = sizes.reduce((sum, x) => sum + x + gap, gap);
  const home = matrixKernels(total + 66_000 + 1100 + 200);
  const { floats, heap } = home;
  floats.fill(0.5, heap / 8, heap / 8 + total);
  const at: number[] = [];
  let next = heap / 8 + gap;
  for (const size of sizes) {
    at.push(8 * next);
    next += size + gap;
  }
  const before = floats.slice(0, next);
  const work = 8 * next;
  assert(home.lowRankWork(r, n) >= 8 * r * Math.ceil(n / 4) + 12 * r);
  home.lowRankGradient(at[0], at[1], 8 * n, 8, at[2], m, r, n, at[3], at[4], work);
  const changed = floats.slice(0, next);
  for (const i of [3, 4]) {
    const from = at[i] / 8;
    assert(changed.subarray(from, from + sizes[i]).every((x) => x !== 0.5), `result ${i}`);
    changed.set(before.subarray(from, from + sizes[i]), from);
  }
  assertEquals(changed, before);
  home.gemm(m, n, r, at[0], 8 * r, 8, at[1], 8 * n, 8, at[2], work);
  const product = floats.slice(0, next);
  assert(product.subarray(at[2] / 8, at[2] / 8 + m * n).every((x) => x === 0.5 + 3 * 0.25));
  product.set(before.subarray(at[2] / 8, at[2] / 8 + m * n), at[2] / 8);
  for (const i of [3, 4]) {
    product.set(before.subarray(at[i] / 8, at[i] / 8 + sizes[i]), at[i] / 8);
  }
  assertEquals(product, before);
});

Deno.test("the work that the kernel asks for is what it uses", () => {
  for (const [r, n] of [[1, 1], [2, 64], [3, 7], [8, 130]]) {
    const { floats, heap, lowRankWork, lowRankGradient } = matrixKernels(5000 + 2 * r * n * 4);
    const m = 5, size = 2 * m * r + 2 * r * n + m * n, start = heap;
    const work = start + 8 * size, end = work / 8 + lowRankWork(r, n);
    floats.fill(0.25, heap / 8);
    const [left, right] = [start, start + 8 * m * r], target = right + 8 * r * n;
    const gl = target + 8 * m * n, gr = gl + 8 * m * r;
    lowRankGradient(left, right, 8 * n, 8, target, m, r, n, gl, gr, work);
    assert(floats.subarray(end).every((x) => x === 0.25), `${r}, ${n}`);
  }
});

Deno.test("a step of two factors changes these and the work that it asks for, nothing else", () => {
  for (const [r, n] of [[1, 1], [2, 64], [3, 7], [8, 130], [17, 9]]) {
    const m = 13, gap = 8, { floats, heap, factorStep, factorStepWork } = matrixKernels(40_000);
    const sizes = [m * r, r * n, m * n, factorStepWork(r, n)];
    floats.fill(0.25, heap / 8);
    const at: number[] = [];
    let next = heap / 8 + gap;
    for (const size of sizes) {
      at.push(next);
      next += size + gap;
    }
    const before = floats.slice(0, next);
    const [left, right, target, work] = at.map((x) => 8 * x);
    factorStep(left, right, 8 * n, 8, target, m, r, n, 0.5, 0.25, work);
    const changed = floats.slice(0, next);
    const move = (0.25 - r * 0.0625) * 0.25; // of each product with the residual
    assertEquals(changed[at[0]], 0.25 + 0.5 * n * move);
    assertEquals(changed[at[1]], 0.25 + 0.25 * m * move);
    for (const i of [0, 1]) {
      const from = changed.subarray(at[i], at[i] + sizes[i]);
      assert(from.every((x) => x === from[0]), `factor ${i}`);
    }
    for (const i of [0, 1, 3]) {
      changed.set(before.subarray(at[i], at[i] + sizes[i]), at[i]);
    }
    assertEquals(changed.subarray(heap / 8), before.subarray(heap / 8));
    assert(floats.subarray(next).every((x) => x === 0.25));
  }
});
