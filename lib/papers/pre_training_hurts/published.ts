/** A run time that the authors published. */
export interface PublishedExit {
  /** Activation. */
  readonly student: string;
  /** Pre-training strength. */
  readonly mu: number;
  /** Exit step by their rule: mean index of the steps with `|m| ∈ μ ± 0.05`, 3 seeds. */
  readonly steps: number;
  /** As a row of a table. */
  readonly [key: string]: number | string;
}

const TABLE: Record<string, Record<number, number>> = {
  x: {
    0.1: 9.5,
    0.2: 20.5,
    0.3: 36,
    0.4: 45,
    0.5: 66.5,
    0.6: 106,
    0.7: 194,
    0.8: 457.5,
    0.9: 2038.5,
  },
  relu: { 0.1: 13, 0.3: 53, 0.5: 125, 0.7: 374.5, 0.9: 3978.5 },
  erf: { 0.1: 19.5, 0.3: 129, 0.5: 582, 0.7: 3130, 0.9: 52705.5 },
  sigmoid: { 0.1: 215, 0.3: 804.5, 0.5: 2423.5 },
};

/**
 * Run times in the authors' public repository (`d = 1000`, `b = 500`, `η = 0.2`): facts to compare
 * with, never an input of a computation.
 *
 * Source: run-time tables in the public code of nwemadji2026when.
 */
export const PUBLISHED_EXITS: readonly PublishedExit[] = Object.entries(TABLE).flatMap(
  ([student, times]) =>
    Object.entries(times).map(([mu, steps]) => ({ student, mu: Number(mu), steps }))
      .sort((a, b) => a.mu - b.mu),
);
