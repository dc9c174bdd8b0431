import { show } from "../../check.ts";

/** What was thrown, as an error: text is its message, anything else is shown by its contents. */
export function asError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  return new Error(typeof thrown === "string" ? thrown : show(thrown));
}
