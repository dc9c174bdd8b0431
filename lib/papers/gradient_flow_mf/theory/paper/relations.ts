/**
 * How our statements relate to those of the paper.
 *
 * @module
 */

/** One of our statements beside the paper's. */
export interface Relation {
  /** Label of ours. */
  readonly ours: string;
  /** What it is about. */
  readonly about: string;
  /** Relation to the paper. */
  readonly relation: string;
}

/** For every statement that is ours, where it stands to the paper: none of them is a theorem of it. */
export const relations: readonly Relation[] = [
  {
    ours: "T1, T2",
    about: "imbalance; energy",
    relation:
      "T1 is Remark C.1. T2 is elementary; the paper has the Polyak–Łojasiewicz inequality " +
      "of Lemma D.1 in its place.",
  },
  {
    ours: "T3",
    about: "alignment",
    relation:
      "The object of Claim 3.1, with the null space and the constant; exponent 2 in α for a " +
      "rank-one target where Claim 3.2 has bounds.",
  },
  {
    ours: "T4",
    about: "escape time and its law",
    relation:
      "Not in the paper, which bounds the time by c₁ log(1/α)/(σσ_{W₂}); ours has the leading " +
      "constant 1 and the next term.",
  },
  {
    ours: "T5, T14",
    about: "curve and delay of spectral starts",
    relation:
      "Exact solution and random delay of the paper's spectral start, for which the paper has " +
      "the bounds of Theorem 4.1.",
  },
  {
    ours: "T6, T7",
    about: "balanced starts; incremental learning",
    relation:
      "Not in the paper (one adapter); it cites the phenomenon of T7 from Jin et al. and from " +
      "Pesme and Flammarion.",
  },
  {
    ours: "T8, T8a, T8c, T8d",
    about: "plateaus of the all-random start",
    relation: "Not the paper's start.",
  },
  {
    ours: "T9",
    about: "target outside the bases of the frozen layers",
    relation: "Excluded by Assumption 2.2: what if it fails.",
  },
  {
    ours: "T10",
    about: "how the adapters share the target",
    relation: "Sharp counterpart of the imbalance in (11) and (14): x₂ ∝ α^{2(1−δ_w)}.",
  },
  {
    ours: "T11",
    about: "exact reductions of the dimension",
    relation: "Not in the paper.",
  },
  {
    ours: "T12",
    about: "noise equations",
    relation: "The paper's question, what final error a small start leaves, for its own start: " +
      "exponents 4(2 − δ_w) at B = 0 and 2(3 − δ_w) at A = 0, where Theorem 3.1 has 2α^{c₃}.",
  },
  {
    ours: "T13",
    about: "local rates",
    relation: "Sharp counterpart of Theorem 3.2.",
  },
];
