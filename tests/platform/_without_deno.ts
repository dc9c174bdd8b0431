/**
 * A process that has what a browser has: `Deno` and `process` go before the library comes, and files
 * are asked for as pages ask. Prints what one call of every room gives.
 *
 * @module
 */
// Of these packages Deno takes the builds for Node, which need it while they are loaded.
import "linkedom";
import "pdfkit";
import "seedrandom";

const { args, readFileSync } = Deno;

/** As far as the library uses it: what a server would send, read from the files themselves. */
class FileRequest {
  status = 0;
  responseText = "";
  #url = "";

  open(_method: string, url: string): void {
    this.#url = url;
  }

  overrideMimeType(): void {}

  send(): void {
    const [, specifier] = this.#url.replace(/\.widths$/, ".ttf").split("/packages/");
    const bytes = readFileSync(new URL(specifier ? import.meta.resolve(specifier) : this.#url));
    this.responseText = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    this.status = 200;
  }
}

Object.assign(globalThis, { XMLHttpRequest: FileRequest });
for (const name of ["Deno", "process"]) Reflect.deleteProperty(globalThis, name);

const exports: Record<string, number> = {};
for (const file of args) exports[file] = Object.keys(await import(file)).length;

const lib = await import("lora-dynamics");
const { chain, experiment, figure, gaussian, kernels, linalg, nn, ode, random } = lib;

const student = gaussian.activation("x");
const model = { student, d: 1e9, frozen: [0.5], batch: 1e9, step: 0.1 };
const rows = await experiment.sweep({
  name: "in process",
  run: ({ x }: { x: number }) => ({ y: 2 * x }),
  cells: experiment.grid({ x: [1, 2] }),
});
const drawing = { panels: { marks: [figure.theory(rows, { x: "x", y: "y" })] }, rows };
const papers = [lib.convergenceRate, lib.gradientFlowMf, lib.lazyVsFeature, lib.loraOne];
const claims = await Promise.all(
  [...papers, lib.preTrainingHurts].map(({ claims }) =>
    experiment.runClaims([claims[0]], "quick", { progress: false })
  ),
);

console.log(JSON.stringify({
  exports,
  chain: new chain.LinearChain(model, 4, random.stream("7")).state.m(0) !== 0,
  experiment: [experiment.settings().preset, experiment.provenance().commit, rows[1].y],
  figure: await figure.save("F1", drawing, { slug: "a", out: "out" }),
  gaussian: gaussian.hermite(3, 2),
  kernels: kernels.matrixKernels(8).floats.length >= 8,
  linalg: Array.from(linalg.multiply(linalg.identity(2), linalg.identity(2)).data),
  nn: nn.digits(1400).train.label.length,
  ode: ode.solveOde((_t, y, dy) => dy[0] = -y[0], 0, 1, [1]).y[0].toFixed(6),
  random: random.stream("7").normal() === random.stream("7").normal(),
  claims: claims.map(([{ pass }]) => pass),
}));
