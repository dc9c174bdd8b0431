/**
 * OpenBLAS through the foreign function interface: the pinned one of set-up, which has all names with
 * `scipy_` in front, or the system's.
 *
 * @module
 */
import type { Native, ThinSvd } from "./native.ts";

/** Names under which systems install OpenBLAS. */
const usual: Record<string, readonly string[]> = {
  windows: ["libopenblas.dll", "openblas.dll"],
  darwin: [
    "libopenblas.dylib",
    "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
    "/usr/local/opt/openblas/lib/libopenblas.dylib",
  ],
  linux: ["libopenblas.so.0", "libopenblas.so", "libopenblasp.so.0"],
};

// A type and a length of a string at the end of Fortran's argument lists.
const b = "buffer", i = "i32", f = "f64", h = "f32", s = "usize";

const declared = {
  cblas_dgemm: { parameters: [i, i, i, i, i, i, f, b, i, b, i, f, b, i], result: "void" },
  cblas_sgemm: { parameters: [i, i, i, i, i, i, h, b, i, b, i, h, b, i], result: "void" },
  cblas_ddot: { parameters: [i, b, i, b, i], result: "f64" },
  dgesdd_: { parameters: [b, b, b, b, b, b, b, b, b, b, b, b, b, b, s], result: "void" },
  dsyevd_: { parameters: [b, b, b, b, b, b, b, b, b, b, b, s, s], result: "void" },
  dgeqrf_: { parameters: [b, b, b, b, b, b, b, b], result: "void" },
  dorgqr_: { parameters: [b, b, b, b, b, b, b, b, b], result: "void" },
  openblas_set_num_threads: { parameters: [i], result: "void" },
  openblas_get_config: { parameters: [], result: "pointer" },
  openblas_get_corename: { parameters: [], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

type Symbols = Deno.StaticForeignLibraryInterface<typeof declared>;

/** The same symbols where all names begin with `prefix`. */
function prefixed(prefix: string): typeof declared {
  const entries = Object.entries(declared);
  return Object.fromEntries(
    entries.map(([name, types]) => [name, { ...types, name: prefix + name }]),
  ) as unknown as typeof declared;
}

/** Opens a library under the one or the other names of its symbols. */
function symbolsOf(file: string): Symbols {
  try {
    return Deno.dlopen(file, declared).symbols;
  } catch (error) {
    try {
      return Deno.dlopen(file, prefixed("scipy_")).symbols;
    } catch {
      throw error;
    }
  }
}

/** Numbers that are passed by address. */
const ints = (...values: number[]) => Int32Array.from(values);
const letter = (text: string) => new TextEncoder().encode(text);

const rowMajor = 101, plain = 111, transposed = 112;

/** The files of the library that set-up has installed, if it has. */
function installed(): string[] {
  const environment = new URL("../../.venv/", import.meta.url);
  const list = (folder: URL): string[] => {
    try {
      return Array.from(Deno.readDirSync(folder), ({ name }) => name);
    } catch {
      return []; // not there, or not to be read, or not a folder on this machine
    }
  };
  if (environment.protocol !== "file:") return [];
  const roots = list(new URL("lib/", environment)).map((name) => `lib/${name}/`).concat("Lib/");
  return roots.flatMap((root) => {
    const folder = new URL(`${root}site-packages/scipy_openblas32/lib/`, environment);
    return list(folder).filter((name) => /^libscipy_openblas\.(so|dylib|dll)$/.test(name))
      .map((name) => decodeURIComponent(new URL(name, folder).pathname));
  });
}

/**
 * Opens the library at `path`, or the first that opens of the one of set-up and the usual names.
 *
 * @throws {Error} If none does; the message names each with its reason.
 */
export function openLibrary(path?: string): Native {
  const system = usual[Deno.build.os] ?? usual.linux;
  const names = path === undefined ? [...installed(), ...system] : [path];
  const reasons: string[] = [];
  for (const name of names) {
    try {
      return routines(name, symbolsOf(name));
    } catch (error) {
      reasons.push(`${name} (${(error as Error).message.split("\n")[0]})`);
    }
  }
  throw new Error(
    `Cannot use OpenBLAS as none of these could be opened: ${reasons.join(", ")}. ` +
      `deno task setup installs one, which needs --allow-ffi and --allow-read=.venv`,
  );
}

function text(pointer: Deno.PointerValue): string {
  return pointer === null ? "" : Deno.UnsafePointerView.getCString(pointer);
}

function routines(library: string, blas: Symbols): Native {
  const config = text(blas.openblas_get_config());
  if (config.includes("USE64BITINT")) {
    throw new Error(`its integers must have 32 bits: current value is ${config}`);
  }
  // One thread: results do not depend on the number of cores, and workers share them anyway.
  blas.openblas_set_num_threads(1);
  const [version] = /OpenBLAS [\d.]+\w*/.exec(config) ?? ["OpenBLAS"];
  return {
    library,
    description: `${version}, ${text(blas.openblas_get_corename())} kernels, 1 thread`,
    gemm(aT, bT, m, n, k, a, lda, b, ldb, c, beta) {
      const [opA, opB] = [aT ? transposed : plain, bT ? transposed : plain];
      const x = a as BufferSource, y = b as BufferSource, z = c as BufferSource;
      if (a instanceof Float32Array) {
        blas.cblas_sgemm(rowMajor, opA, opB, m, n, k, 1, x, lda, y, ldb, beta, z, n);
      } else {
        blas.cblas_dgemm(rowMajor, opA, opB, m, n, k, 1, x, lda, y, ldb, beta, z, n);
      }
    },
    squares: (x) => blas.cblas_ddot(x.length, floats(x), 1, floats(x), 1),
    svd: (a, m, n) => svd(blas, a, m, n),
    eigen: (a, n) => eigen(blas, a, n),
    qr: (a, m, n) => qr(blas, a, m, n),
  };
}

/** The interface's type asks for memory that is not shared; matrices never are. */
function floats(x: Float64Array): Float64Array<ArrayBuffer> {
  return x as Float64Array<ArrayBuffer>;
}

/** Row-major A is Fortran's Aᵀ = V S Uᵀ: its left vectors are our right ones. */
function svd(blas: Symbols, a: Float64Array, m: number, n: number): ThinSvd | undefined {
  const k = Math.min(m, n);
  const values = new Float64Array(k), vt = new Float64Array(k * n), u = new Float64Array(m * k);
  const info = ints(0), copy = floats(a.slice()), pivots = new Int32Array(8 * k);
  const call = (work: Float64Array<ArrayBuffer>, size: number) =>
    // deno-fmt-ignore
    blas.dgesdd_(letter("S"), ints(n), ints(m), copy, ints(n), values, vt, ints(n), u, ints(k),
      work, ints(size), pivots, info, 1n);
  const size = new Float64Array(1);
  call(size, -1);
  call(new Float64Array(size[0]), size[0]);
  return info[0] === 0 ? { u, values, vt } : undefined;
}

function eigen(
  blas: Symbols,
  a: Float64Array,
  n: number,
): { values: Float64Array; rows: Float64Array } | undefined {
  const values = new Float64Array(n), rows = floats(a.slice()), info = ints(0);
  const call = (
    work: Float64Array<ArrayBuffer>,
    size: number,
    integers: Int32Array<ArrayBuffer>,
    integerSize: number,
  ) =>
    // deno-fmt-ignore
    blas.dsyevd_(letter("V"), letter("U"), ints(n), rows, ints(n), values, work, ints(size),
      integers, ints(integerSize), info, 1n, 1n);
  const size = new Float64Array(1), integerSize = ints(0);
  call(size, -1, integerSize, -1);
  call(new Float64Array(size[0]), size[0], new Int32Array(integerSize[0]), integerSize[0]);
  return info[0] === 0 ? { values, rows } : undefined;
}

function qr(
  blas: Symbols,
  a: Float64Array,
  m: number,
  n: number,
): { q: Float64Array; r: Float64Array } {
  const columns = new Float64Array(m * n), tau = new Float64Array(n), info = ints(0);
  for (let row = 0; row < m; row++) {
    for (let j = 0; j < n; j++) columns[j * m + row] = a[row * n + j];
  }
  // 64 columns are worked on at a time at most.
  const work = new Float64Array(64 * n), size = ints(64 * n);
  blas.dgeqrf_(ints(m), ints(n), columns, ints(m), tau, work, size, info);
  const r = new Float64Array(n * n), q = new Float64Array(m * n);
  for (let row = 0; row < n; row++) {
    for (let j = row; j < n; j++) r[row * n + j] = columns[j * m + row];
  }
  blas.dorgqr_(ints(m), ints(n), ints(n), columns, ints(m), tau, work, size, info);
  for (let row = 0; row < m; row++) {
    for (let j = 0; j < n; j++) q[row * n + j] = columns[j * m + row];
  }
  return { q, r };
}
