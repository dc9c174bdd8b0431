/**
 * The kernel as a module worker of a page, in the browser alone: the library runs in it.
 *
 * @module
 */
import { browser, enterNotebook } from "../../../platform/browser.ts";
import { platform } from "../../../platform/mod.ts";
import { downloadLinks } from "./downloads.ts";
import { logged } from "./inspect.ts";
import { Kernel } from "./kernel.ts";
import { addressOf, checkExports, type Importable } from "./modules.ts";
import type { FromKernel, Output, ToKernel } from "./protocol.ts";

/** What may be imported; the bundler puts it in. */
declare const IMPORTABLE: Importable;

/** What is used of the worker's own scope, taken before a cell gives these names another meaning. */
const scope = globalThis as unknown as {
  postMessage(message: FromKernel): void;
  addEventListener(type: string, listener: (event: never) => void): void;
};
const post = scope.postMessage.bind(scope);

// Chosen when it is loaded, which must be before cells get a `Deno` of their own.
if (platform !== browser) throw new Error("the kernel is for browsers alone");

const kernel = new Kernel({
  post,
  async load(name, wanted = []) {
    const module = await import(addressOf(name, IMPORTABLE, import.meta.url));
    checkExports(name, module, wanted);
    return module;
  },
});

const variables = new Map<string, string>();

enterNotebook({
  broadcast: async (type, content) => await kernel.send(type as Output["type"], content),
  onInterrupt: (stop) => kernel.onInterrupt(stop),
  offer: (id, files) =>
    kernel.send("display_data", { data: downloadLinks(id, files), metadata: {} }),
}, (name) => variables.get(name));

const log = (name: "stdout" | "stderr") => (...values: unknown[]) => kernel.print(name, ...values);
const out = log("stdout"), problem = log("stderr");
Object.assign(console, {
  log: out,
  info: out,
  debug: out,
  table: out,
  warn: problem,
  error: problem,
});

/** Text of one type that shows itself. */
const text = (type: string) => (strings: TemplateStringsArray, ...values: unknown[]) => ({
  [Symbol.for("Jupyter.display")]: () => ({ [type]: String.raw({ raw: strings }, ...values) }),
});

/** The little of `Deno` that cells for its kernel use; the rest says that it is not here. */
const deno = {
  env: {
    get: (name: string) => variables.get(name),
    set: (name: string, value: string) => void variables.set(name, String(value)),
    delete: (name: string) => void variables.delete(name),
  },
  inspect: (value: unknown) => logged([value]),
  jupyter: {
    $display: Symbol.for("Jupyter.display"),
    display: (value: unknown, options?: { raw?: boolean }) => kernel.display(value, options),
    broadcast: async (type: Output["type"], content: unknown) => await kernel.send(type, content),
    html: text("text/html"),
    md: text("text/markdown"),
    svg: text("image/svg+xml"),
  },
};
Object.assign(globalThis, {
  Deno: new Proxy(deno, {
    get(known, name) {
      if (name in known || typeof name === "symbol") return Reflect.get(known, name);
      throw new TypeError(
        `Cannot use Deno.${name} as a browser has no Deno: there are ${
          Object.keys(known).map((key) => `Deno.${key}`).join(", ")
        }`,
      );
    },
  }),
});

scope.addEventListener("unhandledrejection", (event: Event & { reason: unknown }) => {
  event.preventDefault();
  problem("Unhandled rejection:", event.reason);
});
scope.addEventListener("message", ({ data }: MessageEvent<ToKernel>) => kernel.receive(data));
post({ type: "ready" });
