/**
 * `package.json` of the npm package, and its own `deno.json`, from the project's `deno.json`.
 *
 * @module
 */

/** The parts of `deno.json` that the package is made from. */
export interface Config {
  readonly version: string;
  readonly license: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, string>>;
}

/** A package's exact version, of `npm:name@version` and `npm:/name@version/`. */
function versionOf(name: string, imports: Config["imports"]): string {
  const target = imports[name] ?? imports[`${name}/`] ?? "";
  const version = /^npm:\/?(?:@[^@]+|[^@]+)@(\d[^/]*)\/?$/.exec(target)?.[1];
  if (version !== undefined) return version;
  throw new Error(
    `Cannot build the package as ${name} must stand in deno.json with an exact version of npm: ` +
      `current value is ${target || "nothing"}`,
  );
}

/** Names of exports, with the files without end; cells say `lora-dynamics/ode/mod.ts` for a room. */
function exportsOf(exports: Config["exports"]): [string, string][] {
  return Object.entries(exports).flatMap(([name, source]): [string, string][] => {
    const base = source.replace(/\.ts$/, "");
    return name === "." ? [[name, base]] : [[name, base], [`${name}/mod.ts`, base]];
  });
}

/** The manifest, with the packages that are needed in the order of their names. */
export function manifest(config: Config, packages: readonly string[]): Record<string, unknown> {
  const versions = [...new Set(packages)].sort().map((name) => [
    name,
    versionOf(name, config.imports),
  ]);
  const targets = exportsOf(config.exports).map((
    [name, base],
  ) => [name, { types: `${base}.d.ts`, default: `${base}.js` }]);
  return {
    name: "lora-dynamics",
    version: config.version,
    description: "Dynamics of low-rank adapters (LoRA), and the theory that predicts them",
    keywords: ["LoRA", "fine-tuning", "SGD", "learning dynamics", "single-index model", "ODE"],
    license: config.license,
    type: "module",
    engines: { node: ">=22" },
    exports: {
      ...Object.fromEntries(targets),
      "./package.json": "./package.json",
    },
    // Workers listen as soon as they are loaded; all other modules only define.
    sideEffects: ["**/_*worker.js"],
    dependencies: Object.fromEntries(versions),
  };
}

/** What a sweep that keeps its results asks: what the names in modules stand for. */
export function importMap({ version, exports, imports }: Config): Record<string, unknown> {
  const own = exportsOf(exports).map((
    [name, base],
  ) => [`lora-dynamics${name.slice(1)}`, `${base}.js`]);
  const packages = Object.entries(imports).filter(([, target]) => target.startsWith("npm:"));
  return { version, imports: Object.fromEntries([...own, ...packages]) };
}
