import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { provenance } from "lora-dynamics/experiment/mod.ts";
import {
  adapterGradient,
  add,
  backend,
  frobeniusNorm,
  lowRankGradient,
  lowRankStep,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  principalAngles,
  qr,
  scale,
  svd,
  symmetricEigen,
  transpose,
  useBackend,
  workspace,
} from "lora-dynamics/linalg/mod.ts";
import { cases, gaussian, relativeError, timesDiagonal } from "./_cases.ts";
import { resultBits } from "./_report.ts";
import { checkEigen, checkQr, checkSvd } from "./_decomposition_laws.ts";

/** Why the native library cannot be used here, if it cannot. */
function absence(): string {
  try {
    useBackend("openblas");
    return "";
  } catch (error) {
    return (error as Error).message;
  } finally {
    useBackend("compiled");
  }
}

const absent = absence();
if (absent) console.warn(`tests of the native backend are skipped: ${absent}`);

function nativeTest(name: string, run: () => void): void {
  Deno.test({
    name: absent ? `${name} (skipped: OpenBLAS is absent)` : name,
    ignore: absent !== "",
    fn() {
      useBackend("openblas");
      try {
        run();
      } finally {
        useBackend("compiled");
      }
    },
  });
}

/** The same with the compiled kernels. */
function compiled<T>(run: () => T): T {
  useBackend("compiled");
  try {
    return run();
  } finally {
    useBackend("openblas");
  }
}

Deno.test("a library that is not there is an error that names it, and changes nothing", () => {
  const error = assertThrows(() => useBackend("openblas", "no-such-library.so"), Error);
  assert(error.message.includes("Cannot use OpenBLAS"), error.message);
  assert(error.message.includes("no-such-library.so ("), error.message);
  assertEquals(backend(), "compiled");
  // deno-lint-ignore no-explicit-any
  assertThrows(() => useBackend("mkl" as any), RangeError, "compiled, openblas");
});

/** What a fresh process with this environment and these permissions prints. */
async function inProcess(env: Record<string, string>, ...permissions: string[]) {
  const main = new URL("_report.ts", import.meta.url).pathname;
  const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-lock", "--no-prompt", ...permissions, main],
    env,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, lines: text(stdout).trim().split("\n"), warnings: text(stderr) };
}

const expected = resultBits();

Deno.test("LORA_DYNAMICS_BLAS with no such library warns and computes all the same", async () => {
  const env = { LORA_DYNAMICS_BLAS: "no-such-library.so" };
  const { code, lines, warnings } = await inProcess(env, "--allow-env", "--allow-ffi");
  assertEquals([code, ...lines], [0, "compiled", expected], warnings);
  assert(warnings.includes("LORA_DYNAMICS_BLAS=no-such-library.so: Cannot use"), warnings);
});

Deno.test("without permission for libraries the kernels do the work, and say so", async () => {
  const { code, lines, warnings } = await inProcess(
    { LORA_DYNAMICS_BLAS: "openblas" },
    "--allow-env",
  );
  assertEquals([code, ...lines], [0, "compiled", expected], warnings);
  assert(warnings.includes("--allow-ffi"), warnings);
});

Deno.test("with no permission at all a fresh process computes the same bits", async () => {
  const { code, lines, warnings } = await inProcess({ LORA_DYNAMICS_BLAS: "openblas" });
  assertEquals([code, ...lines], [0, "compiled", expected], warnings);
  assertEquals(warnings, "");
});

Deno.test("a worker computes the same bits", async () => {
  const worker = new Worker(new URL("_report.ts", import.meta.url), { type: "module" });
  const answer = new Promise((resolve) => worker.onmessage = ({ data }) => resolve(data));
  worker.postMessage("go");
  assertEquals(await answer, expected);
  worker.terminate();
});

Deno.test({
  name: "LORA_DYNAMICS_BLAS=openblas opens the library of set-up",
  ignore: absent !== "",
  async fn() {
    const env = { LORA_DYNAMICS_BLAS: "openblas" };
    const { code, lines, warnings } = await inProcess(
      env,
      "--allow-env",
      "--allow-ffi",
      "--allow-read=.venv",
    );
    assertEquals([code, lines[0]], [0, "openblas"], warnings);
  },
});

nativeTest("provenance names the library with its kernels and threads", () => {
  const words = provenance().arithmetic;
  assert(/^OpenBLAS [\d.]+, \w+ kernels, 1 thread$/.test(words), words);
  assertEquals(compiled(() => provenance().arithmetic), "compiled kernels");
});

nativeTest("a failed change of the library keeps the one in use", () => {
  assertThrows(() => useBackend("openblas", "no-such-library.so"), Error);
  assertEquals(backend(), "openblas");
});

nativeTest("native products agree with the kernels to rounding", () => {
  for (const [m, n, k] of [[1, 1, 1], [40, 40, 40], [13, 200, 7], [64, 2, 64], [300, 1, 20]]) {
    const a = gaussian(m, k), b = gaussian(k, n);
    const expected = compiled(() => multiply(a, b));
    assert(relativeError(expected, multiply(a, b)) < 1e-14);
    const used = matrix(m, n, new Float64Array(m * n).fill(7)); // what stood there does not count
    assertEquals(multiply(a, b, used), multiply(a, b));
    assert(relativeError(expected, multiplyTN(transpose(a), b)) < 1e-14);
    assert(relativeError(expected, multiplyNT(a, transpose(b))) < 1e-14);
  }
});

nativeTest("native low-rank steps agree with the kernels to rounding", () => {
  // The first is left to the kernels, the others cross the blocks of rows.
  for (const [m, n, r] of [[64, 64, 2], [100, 1100, 1], [3, 40_000, 1], [90, 60, 23]]) {
    const u = gaussian(m, r, "u"), v = gaussian(n, r, "v"), target = gaussian(m, n, "t");
    const expected = compiled(() => lowRankGradient(u, v, target));
    const used = (of: Matrix) => matrix(of.rows, of.columns, of.data.map(() => 7));
    assertEquals(
      lowRankGradient(u, v, target, { left: used(u), right: used(v) }),
      lowRankGradient(u, v, target),
    );
    for (
      const found of [lowRankGradient(u, v, target), adapterGradient(u, transpose(v), target)]
    ) {
      assertAlmostEquals(found.loss / expected.loss, 1, 1e-13);
      assert(relativeError(expected.left, found.left) < 1e-13);
      const right = found.right.rows === n ? found.right : transpose(found.right);
      assert(relativeError(expected.right, right) < 1e-13);
    }
    const w = workspace({ u: [m, r], v: [n, r], target: [m, n] });
    w.u.data.set(u.data);
    w.v.data.set(v.data);
    w.target.data.set(target.data);
    lowRankStep(w.u, w.v, w.target, 1e-3);
    assert(relativeError(add(u, expected.left, -1e-3), w.u) < 1e-14);
    assert(relativeError(add(v, expected.right, -1e-3), w.v) < 1e-14);
  }
});

nativeTest("native decompositions obey the same laws", () => {
  for (const [name, a] of Object.entries(cases)) {
    checkSvd(name, a);
    checkQr(name, a);
    const unit = scale(a, 1 / (frobeniusNorm(a) || 1));
    checkEigen(name, multiplyTN(unit, unit));
  }
});

nativeTest("native decompositions agree with the portable ones to rounding", () => {
  for (const [name, a] of Object.entries(cases)) {
    const one = compiled(() => svd(a)), other = svd(a), top = one.values[0] || 1;
    one.values.forEach((x, i) => assertAlmostEquals(other.values[i] / top, x / top, 1e-14, name));
    const scaled = scale(a, 1 / top), gram = multiplyTN(scaled, scaled);
    const values = compiled(() => symmetricEigen(gram)).values;
    const found = symmetricEigen(gram).values;
    values.forEach((x, i) => assertAlmostEquals(found[i], x, 2e-14, name));
  }
  const a = gaussian(20, 6), same = compiled(() => qr(a)), found = qr(a);
  assert(relativeError(same.q, found.q) < 1e-13 && relativeError(same.r, found.r) < 1e-13);
  const top = compiled(() => svd(a, 2)), native = svd(a, 2);
  assert(principalAngles(top.u, native.u).every((angle) => angle < 1e-13));
  const best = multiplyNT(timesDiagonal(top.u, top.values), top.v);
  assert(relativeError(best, multiplyNT(timesDiagonal(native.u, native.values), native.v)) < 1e-13);
});

nativeTest("native results are the same bits at every call", () => {
  const a = gaussian(150, 150), u = gaussian(150, 8), v = gaussian(150, 8, "v");
  assertEquals(multiply(a, a), multiply(a, a));
  assertEquals(svd(u), svd(u));
  assertEquals(lowRankGradient(u, v, a), lowRankGradient(u, v, a));
  assertThrows(() => multiply(a, matrix(3, 3)), TypeError, "b is 3 x 3");
});
