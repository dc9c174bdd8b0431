/**
 * What completes a name in an editor: the documentation first, then what exists in the kernel.
 *
 * @module
 */
import type { CompletionResult } from "@codemirror/autocomplete";
import type { KernelClient } from "../client.ts";
import type { Documentation } from "../documentation/documentation.ts";

/** Completions at a place in a cell. */
export async function suggestions(
  documentation: Documentation,
  kernel: KernelClient,
  code: string,
  at: number,
): Promise<CompletionResult | null> {
  const documented = await documentation.suggest(code, at);
  if (documented) {
    const { start, found, kind } = documented;
    const options = found.map(({ name, about }) => ({ label: name, info: about, type: kind }));
    return { from: start, options, validFor: /^[\w$]*$/ };
  }
  const { matches, start } = await kernel.complete(code, at);
  if (matches.length === 0) return null;
  return { from: start, options: matches.map((label) => ({ label })), validFor: /^[\w$]*$/ };
}
