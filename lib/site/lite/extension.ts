/// <reference lib="dom" />
/**
 * The extension that brings the kernel to JupyterLite: a container of module federation, by hand.
 *
 * @module
 */
import { Documentation } from "../live/documentation/documentation.ts";
import { drawOnClick } from "../live/draw.ts";
import type { KernelControl, KernelSpecs, Services } from "./base.ts";
import { type Interruptible, kernelClass } from "./kernel.ts";

/** A module that the page shares, by name and version. */
type Shared = Record<string, Record<string, { get(): Promise<() => unknown> }>>;

/** Name of the extension, also of its folder. */
const NAME = "lora-dynamics-kernel";

/** From `lite/extensions/NAME/static/` to `live/`. */
const LIVE = new URL("../../../../live/", (document.currentScript as HTMLScriptElement).src);

const SPEC = {
  name: "deno",
  display_name: "TypeScript (browser)",
  language: "typescript",
  ...{ argv: [], resources: {} },
};

function plugin({ BaseKernel, IKernelSpecs, IKernelClient }: Services) {
  const kernels = new Map<string, Interruptible>();
  const index = async () => await (await fetch(new URL("documentation.json", LIVE))).json();
  const Kernel = kernelClass(BaseKernel, LIVE, () => new Documentation(index));
  return {
    id: `${NAME}:plugin`,
    autoStart: true,
    requires: [IKernelSpecs],
    optional: [IKernelClient],
    activate(_app: unknown, specs: KernelSpecs, control: KernelControl | null) {
      drawOnClick(new URL("convert.js", LIVE));
      specs.register({
        spec: SPEC,
        create(options) {
          const kernel = new Kernel(options);
          kernels.set(options.id, kernel);
          return Promise.resolve(kernel);
        },
      });
      if (!control) return;
      // JupyterLite's own only forgets the cells that wait.
      const forget = control.interrupt.bind(control);
      control.interrupt = async (id) => {
        await forget(id);
        await kernels.get(id)?.interrupt();
      };
    },
  };
}

let shared: Shared | undefined;

async function share(name: string): Promise<Services> {
  const [version] = Object.values(shared![name]);
  return (await version.get())() as Services;
}

const containers = globalThis as unknown as { _JUPYTERLAB?: Record<string, unknown> };
containers._JUPYTERLAB ??= {};
containers._JUPYTERLAB[NAME] = {
  init(scope: Shared) {
    shared ??= scope;
    return Promise.resolve();
  },
  async get() {
    const module = { __esModule: true, default: plugin(await share("@jupyterlite/services")) };
    return () => module;
  },
};
