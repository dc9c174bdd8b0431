/** Names of activations as figures print them. */
const LABEL: Record<string, string> = {
  x: "linear",
  relu: "ReLU",
  erf: "erf",
  sigmoid: "sigmoid",
};

/** `He3` as He₃ with an upright subscript; other names as in `LABEL`. */
export function activationLabel(name: string): string {
  return LABEL[name] ?? name.replace(/He(\d+)/, "He_{$1}").replace("^2", "²");
}
