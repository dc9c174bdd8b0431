/**
 * What the specifiers of a module stand for: files, or packages as the import map of `deno.json` and
 * the lock file resolve them.
 *
 * @module
 */

import { platform } from "../../../platform/mod.ts";

/** Imports of a scope: specifier, or the beginning of one with a slash at its end → target. */
type Imports = Readonly<Record<string, string>>;

/** The parts of `deno.json` that say what a specifier stands for. */
interface Config {
  readonly imports?: Imports;
  readonly scopes?: Readonly<Record<string, Imports>>;
  readonly links?: readonly string[];
}

/** One package of the lock file. */
interface Locked {
  readonly integrity?: string;
  readonly dependencies?: readonly string[];
  readonly optionalDependencies?: readonly string[];
}

/** The parts of `deno.lock` that say which package it is. */
interface Lock {
  readonly specifiers?: Readonly<Record<string, string>>;
  readonly npm?: Readonly<Record<string, Locked>>;
  readonly jsr?: Readonly<Record<string, Locked>>;
  readonly remote?: Readonly<Record<string, string>>;
}

/** Name, wanted version and path inside of `npm:@scope/name@^1/path`. */
const PACKAGE = /^(npm|jsr):\/?((?:@[^/@]+\/)?[^/@]+)(?:@([^/]+))?(\/.*)?$/;

/** The specifiers of one project. */
export class Packages {
  readonly #root: URL;
  readonly #config: Config;
  readonly #lock: Lock;

  /** @param root Folder with `deno.json` and `deno.lock`. */
  constructor(root: URL) {
    const json = (name: string) => JSON.parse(platform.files.readText(new URL(name, root)));
    this.#root = root;
    this.#config = json("deno.json");
    this.#lock = json("deno.lock");
  }

  /** What a specifier of a module stands for: a local file, or the name of something else. */
  resolve(specifier: string, from: URL): URL | string {
    const url = /^\.{0,2}\//.test(specifier)
      ? new URL(specifier, from)
      : URL.canParse(specifier)
      ? new URL(specifier)
      : undefined;
    const target = this.#mapped(url?.href ?? specifier, from) ?? url?.href ?? specifier;
    return target.startsWith("file:") ? new URL(target) : target;
  }

  #mapped(name: string, from: URL): string | undefined {
    const { imports = {}, scopes = {} } = this.#config;
    const inScope = Object.keys(scopes).filter((scope) =>
      from.href.startsWith(new URL(scope, this.#root).href)
    );
    const longest = (a: string, b: string) => b.length - a.length;
    for (const map of [...inScope.sort(longest).map((scope) => scopes[scope]), imports]) {
      for (const key of Object.keys(map).sort(longest)) {
        const full = /^\.{0,2}\//.test(key) ? new URL(key, this.#root).href : key;
        // Deno takes `pkg/path` for a package that is mapped as `pkg` alone.
        const inside = /^(npm|jsr):/.test(map[key]) && !key.endsWith("/") ? `${full}/` : full;
        if (name !== full && !(inside.endsWith("/") && name.startsWith(inside))) continue;
        const target = map[key] + name.slice(full.length);
        return /^\.{0,2}\//.test(target) ? new URL(target, this.#root).href : target;
      }
    }
  }

  /** Folder of a package that `links` puts in the place of a published one. */
  linked(specifier: string): URL | undefined {
    const [, , name] = PACKAGE.exec(specifier) ?? [];
    return (this.#config.links ?? []).map((link) => new URL(`${link}/`, this.#root)).find((
      folder,
    ) => JSON.parse(platform.files.readText(new URL("deno.json", folder))).name === name);
  }

  /**
   * Text that follows all that a package consists of: its version and those of its dependencies.
   *
   * @throws {Error} If the lock file does not have it.
   */
  identity(specifier: string): string {
    if (specifier.startsWith("node:")) return specifier;
    if (/^https?:/.test(specifier)) return `${specifier} ${JSON.stringify(this.#lock.remote)}`;
    const found = new Map<string, string>();
    const [, , , , path = ""] = PACKAGE.exec(specifier) ?? [];
    for (const key of this.#versions(specifier)) this.#collect(key, found);
    return [...found].map(([key, integrity]) => `${key} ${integrity}`).sort().join("\n") + path;
  }

  /** Keys of the lock file, such as `npm:acorn@8.19.0`, that a specifier stands for. */
  #versions(specifier: string): string[] {
    const [, kind, name, wanted = "*"] = PACKAGE.exec(specifier) ?? [];
    const specifiers = Object.entries(this.#lock.specifiers ?? {});
    const exact = specifiers.filter(([key]) => key === `${kind}:${name}@${wanted}`);
    // The lock file may write a range in another form: then every version of this name counts.
    const all = specifiers.filter(([key]) => key.startsWith(`${kind}:${name}@`));
    const versions = (exact.length > 0 ? exact : all).map(([, version]) => version);
    if (name !== undefined && versions.length > 0) {
      return versions.map((version) => `${kind}:${name}@${version}`);
    }
    throw new Error(`${specifier} is not in deno.lock`);
  }

  #collect(key: string, found: Map<string, string>): void {
    if (found.has(key)) return;
    const kind = key.slice(0, 3) as "npm" | "jsr", locked = this.#lock[kind]?.[key.slice(4)];
    if (!locked) throw new Error(`${key} is not in deno.lock`);
    found.set(key, locked.integrity ?? "");
    const { dependencies = [], optionalDependencies = [] } = locked;
    for (const dependency of [...dependencies, ...optionalDependencies]) {
      const keys = kind === "jsr" ? this.#versions(dependency) : [this.#npm(dependency)];
      for (const next of keys) this.#collect(next, found);
    }
  }

  /** Key of a dependency as the lock file names it: `name`, `name@version`, `alias@npm:name@version`. */
  #npm(dependency: string): string {
    const name = dependency.replace(/^.*@npm:/, ""), all = this.#lock.npm ?? {};
    if (name in all) return `npm:${name}`;
    const only = Object.keys(all).find((key) => key.replace(/(?<=.)@.*$/, "") === name);
    return `npm:${only ?? name}`;
  }
}
