/**
 * Places where the paper does not agree with itself, as questions to its authors.
 *
 * @module
 */

/** A place where two sentences, formulas or figures of the paper cannot both be meant. */
export interface Inconsistency {
  /** Number in this list. */
  readonly number: number;
  /** Places in the paper. */
  readonly where: string;
  /** What is printed there. */
  readonly printed: string;
  /** What we find. */
  readonly found: string;
  /** What we would ask. */
  readonly question: string;
  /** What shows it: `"reading"`, or the ids of claims. */
  readonly shownBy: string;
}

/**
 * What we could not reconcile while reading the paper, each with what shows it. None of it changes what the
 * paper proves in kind: small starts align, escape and end at a small error. Where a misprint is likely we
 * say which reading we took.
 */
export const inconsistencies: readonly Inconsistency[] = ([
  {
    where: "Section 2, Section 4, H.2, Remark C.1; Appendix C.1 after Lemma C.2; Figs. 1, 3, 4",
    printed: "B = 0 and A random; in Appendix C.1 A = 0 and B random",
    found:
      "The alignment floors, the start of the alignment curves and the course of the loss in " +
      "the figures are those of random B and zero A; only the end values of Fig. 1 (left) fit both. " +
      "Exchanging the layers exchanges the two starts as well, so that δ_w < 1 is no loss for the " +
      "theorems, whose bounds do not see it, but is one for the final error.",
    question: "Which factor was random in the experiments?",
    shownBy: "P2, P3",
  },
  {
    where: "Claim 3.2; Theorems C.1, C.2; Eq. (125)",
    printed: "1 − cos² ≤ c₄α^{(1+δ_w)/(3+δ_w)}, proved in Appendix C, where it reads " +
      "α^{(3+δ_w)/(5−δ_w)}; the proof ends at α^{2(1−δ_w)/(5−δ_w)}",
    found: "Three exponents for one quantity. All are upper bounds of the true α²; only the last " +
      "has a complete derivation.",
    question: "Which of the three is the statement?",
    shownBy: "P6",
  },
  {
    where: "(35), (43); (126)",
    printed: "‖Z_i(T̂₁)‖_F ≤ β₃α",
    found: "The derivation (126) is of the square. The norm itself is of order " +
      "α^{(3−δ_w)/(5−δ_w)}, larger than any multiple of α.",
    question: "Is the square meant?",
    shownBy: "P7",
  },
  {
    where: "(34), (42); (46), (51), (52)",
    printed: "T̂₁ with two different brackets; T̃₁ with log(1 + (1−δ_w²)σ²/(4α²z²_max))",
    found:
      "(51) gives 1 + (1−δ_w)σ/(4σ_{W₂}α²z²_max); the printed argument has another dimension. " +
      "Neither changes an exponent.",
    question: "Which bracket is meant, and is the argument that of (51)?",
    shownBy: "P8",
  },
  {
    where: "Claim 3.1, Eq. (10)",
    printed: "Z₁(t) = e^{σσ_{W₂}t}γ₁γ₁ᵀZ₁(0) + e^{−σσ_{W₂}t}γ̄₁γ̄₁ᵀZ₁(0)",
    found:
      "At t = 0 this is not Z₁(0): what is orthogonal to γ₁ and γ̄₁ stands still, and is most " +
      "of 1 − cos during the alignment phase.",
    question: "Is the null space of H₁ left out on purpose?",
    shownBy: "P4",
  },
  {
    where: "Claim 3.1",
    printed: "γ₁ = (g; v), H₁ = γ₁γ₁ᵀ − γ̄₁γ̄₁ᵀ",
    found: "γ₁ has length √2; the identity needs (g; v)/√2.",
    question: "Is γ₁ meant to be a unit vector?",
    shownBy: "P4",
  },
  {
    where: "Lemma C.1 (second line), (105)–(108); Theorem 4.1 (1)",
    printed: "d/dt log‖Z₁‖²_F ≥ 2(σσ_{W₂} − ‖D₁‖) from t = 0 on",
    found:
      "With B = 0 (or A = 0) the left side is 0 at t = 0, and D₁ = 0: the eigenvalues −1 and 0 " +
      "of H₁ are not seen. In Theorem 4.1 the bound holds after artanh((3+δ_w)/4)/(2σσ_{W₂}). Near " +
      "δ_w = 1 the lost factor matters: z₁(T₁) is below its threshold.",
    question: "Should the lemma start after a time of order 1/(σσ_{W₂})?",
    shownBy: "P11, P14",
  },
  {
    where: "Theorem 4.1, Theorem F.1",
    printed: "T₁ with log(σ_{ΔY}/(16z₁(0))) in the main text and with " +
      "log((1−δ_w)σ_{ΔY}/(8σ_{W₂}z₁(0))) in F.1; δ_w = σ_{W₂}/σ_{W₁} in both",
    found:
      "The proof uses σ_{W₁} < σ_{W₂}. For small α growth ends before either T₁, so that part " +
      "(1) fails at the end of [0, T₁], too. Part (2) holds in every run.",
    question:
      "Is T₁ of F.1 meant, and part (1) up to the time at which z₁ has passed its threshold?",
    shownBy: "P14",
  },
  {
    where: "Theorem G.1; (12); (27)",
    printed: "Y_ft equal to Y_pre; A₁B₁ for B₁A₁; B₁, A₁ for B₂, A₂ in the second system",
    found: "A target with L(0) = 1 such as diag(100, 1 + √2) makes Theorem G.1 true.",
    question: "Is that the target?",
    shownBy: "P16; reading",
  },
  {
    where: "Section 5.1",
    printed: "the final loss in the right panel of Fig. 1, the alignment phase in the left one",
    found: "It is the other way round.",
    question: "Are the two words exchanged?",
    shownBy: "reading",
  },
  {
    where: "(98), (102)",
    printed: "2(1−δ_w)σ_{W₂}",
    found:
      "(96) has a factor σ there. That the system (102) has a solution is called obvious; it " +
      "has one with d₆ and d₇ of 10⁻⁵ to 10⁻³.",
    question: "Is the factor σ lost?",
    shownBy: "P13; reading",
  },
  {
    where: "Section 5.2, Fig. 2",
    printed: "smaller initialization leads to lower evaluation loss",
    found: "The lowest test loss of the figure is at a standard deviation of 0.4.",
    question: "Is the training loss meant?",
    shownBy: "P18; reading",
  },
  {
    where: "Introduction; Section 1.1",
    printed: "what Hayou et al. find about which factor should start at zero",
    found: "The two places report opposite findings.",
    question: "Which one is meant?",
    shownBy: "reading",
  },
] as const).map((entry, i) => ({ number: i + 1, ...entry }));
