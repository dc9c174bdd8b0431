/**
 * The paper's numbered statements, each with what runs say about it and where to look.
 *
 * @module
 */

/** A numbered statement of the paper. */
export interface PaperStatement {
  /** Its name in the paper. */
  readonly name: string;
  /** What it says, with its constants. */
  readonly says: string;
  /** What runs show, and in which range. */
  readonly runs: string;
  /** The sharp counterpart (ours), or why there is none. */
  readonly sharp: string;
  /** Function of the library that evaluates it. */
  readonly inCode: string;
  /** Claims that confront it, or `"—"`. */
  readonly shownBy: string;
}

/** The statements of the paper in its order: main text, then appendices. */
export const paperStatements: readonly PaperStatement[] = [
  {
    name: "Assumption 2.1",
    says: "W₂ = UΣ₂Gᵀ and W₁ = GΣ₁Vᵀ with one orthogonal G, Y_pre = W₂W₁",
    runs: "taken; another hidden basis of W₁ changes L(9) on Q(0.6) by 6 %",
    sharp: "—",
    ...{ inCode: "commonBases", shownBy: "C38" },
  },
  {
    name: "Assumption 2.2",
    says: "ΔY = UΣVᵀ in the same bases",
    runs: "taken; without it the flow has a transient of its own",
    sharp: "T9",
    ...{ inCode: "commonBases", shownBy: "C10" },
  },
  {
    name: "Eqs. (7), (8)",
    says: "Ż_i = (σσ_W H_i + D̂_i)Z_i, with ‖D_i(0)‖ = O(α²)",
    runs: "exact; D_i(0) = 0 at the paper's own start",
    sharp: "the same",
    ...{ inCode: "decomposition", shownBy: "P5" },
  },
  {
    name: "Claim 3.1",
    says: "without D_i: γ₁γ₁ᵀZ₁ grows as e^{σσ_{W₂}t}, γ̄₁γ̄₁ᵀZ₁ shrinks as e^{−σσ_{W₂}t}; (11)",
    runs: "the rates hold; (10) needs γ₁ of length 1 and the null space of H₁",
    sharp: "T3: the null space is most of 1 − cos",
    ...{ inCode: "claim31", shownBy: "P4" },
  },
  {
    name: "Theorem 3.1",
    says: "L(T) ≤ 2α^{c₃} at T = c₁ log(1/α)/(σσ_{W₂}) + c₂ log(L(0)/α)/(σσ_{W₂}), for α ≤ α*",
    runs: "the final error falls with α in every run; the proof admits c₃ of 10⁻⁵ to 10⁻³",
    sharp: "T12: L(∞) ∝ α^{4(2−δ_w)} at B = 0, α^{2(3−δ_w)} at A = 0; T4: c₁ = 1",
    ...{ inCode: "theoremConstants", shownBy: "P12, P13" },
  },
  {
    name: "Claim 3.2",
    says: "at T₁: 1 − cos² ≤ c₄α^{(1+δ_w)/(3+δ_w)}, ‖Z₁‖²/‖Z₂‖² ≥ c₅α^{−4(1−δ_w)/(5−δ_w)}",
    runs:
      "true (Q(0.5), Q(0.9), α = 10⁻³ to 10⁻⁶); near δ_w = 1 some starts have ‖Z₁‖ < ‖Z₂‖ still",
    sharp: "α² and α^{−2(1−δ_w)}",
    ...{ inCode: "alignmentExponents", shownBy: "P6, P9" },
  },
  {
    name: "Theorem 3.2",
    says:
      "after T₁: (13) alignment, (14) imbalance, (15), (16) L ≤ 2e^{−(1−δ_w)σσ_{W₂}(t−T₁)/32}L(T₁) + " +
      "2α^{c₃}",
    runs:
      "(13) with c₆ = 1; (16) holds with a factor 2 to spare at T₁ and many decades later; (14): the " +
      "ratio may fall by 1.3 % at δ_w = 0.9",
    sharp: "T13: three rates, 2μ ≥ 4σσ_{W₂} for the signal (256 and 1390 times the proved one)",
    ...{ inCode: "theorem32", shownBy: "P9" },
  },
  {
    name: "Theorem 4.1 (F.1)",
    says: "spectral start: (1) d/dt log z₁ ≥ (3+δ_w)σσ_{W₂}/2 up to T₁, (2) ℓ falls at " +
      "(1−δ_w)σσ_{W₂}/8 after it",
    runs:
      "(2) holds in every run; (1) fails at the beginning of [0, T₁], and at its end for small α",
    sharp: "growth 2λ tanh(2λt) e/σ; T5(b), T14",
    ...{ inCode: "theorem41", shownBy: "P14, P15" },
  },
  {
    name: "Theorem C.1",
    says: "at T̂₁: ratio ≥ β₁α^{−2(1−δ_w)/(5−δ_w)}, cos² ≥ 1 − β₂α^{(3+δ_w)/(5−δ_w)}, ‖Z_i‖ ≤ β₃α",
    runs: "‖Z₁(T̂₁)‖ ∝ α^{(3−δ_w)/(5−δ_w)}: the last bound fails, its square holds",
    sharp: "the exponents are those of linear growth for a time T̂₁",
    ...{ inCode: "alignmentTimes", shownBy: "P6, P7" },
  },
  {
    name: "Theorem C.2",
    says: "gᵀB₁A₁v reaches (1−δ_w)σ/(4σ_{W₂}) at some T₁ ≤ T̂₁ + T̃₁",
    runs:
      "true in all runs at α ≤ 10⁻⁴; at α = 10⁻³, δ_w = 0.9 15 of 1800 starts are later (with (51)), and " +
      "from one of them adapter 2 takes the target and T₁ never comes",
    sharp: "T₁ = log(1/α)/(σσ_{W₂}) + O(1), random by the start (T4)",
    ...{ inCode: "alignmentTimes", shownBy: "P8" },
  },
  {
    name: "Lemma C.1",
    says: "d/dt log‖Z₁‖² ≤ 2(σσ_{W₂} + ‖D₁‖) (line 1) and lower bounds (line 2, (105)–(108))",
    runs: "line 1 holds at every moment; the lower bounds fail at t = 0, where growth is 0",
    sharp: "growth 2σσ_{W₂}gᵀB₁A₁v·2/‖Z₁‖² at first order",
    ...{ inCode: "paperLemmas", shownBy: "P11" },
  },
  {
    name: "Lemma C.5, Remark C.1",
    says: "(‖Z₁‖² − 2α²r²‖Λ₁‖)/(2r) ≤ ‖B₁A₁‖ ≤ ½‖Z₁‖², with Λ₁ conserved",
    runs: "both hold; the upper one is an equality after the escape, the lower one is 1/r of it",
    sharp: "T1 (conservation)",
    ...{ inCode: "lemmaC5", shownBy: "P10, C1" },
  },
  {
    name: "Lemma C.6",
    says: "aligned columns make ‖g_⊥g_⊥ᵀB₁A₁‖ and ‖B₁A₁v_⊥v_⊥ᵀ‖ small",
    runs: "holds with the plain constant, sine of the worst column times ‖Z₁‖²",
    sharp: "—",
    ...{ inCode: "paperLemmas", shownBy: "—" },
  },
  {
    name: "Lemmas D.1, D.2, (85), (90)",
    says: "‖E(T₁)‖ ≤ (1 − (1−δ_w)/8)σ; ‖γ₁ᵀZ₁‖² ≥ (1−δ_w)σ/(8σ_{W₂}) after; L_S falls at " +
      "(1−δ_w)σσ_{W₂}/16",
    runs: "hold; at T₁ itself with factors 2 (in 1 − ‖E‖/σ), 4 and 16 to spare",
    sharp: "‖E(T₁)‖ = (1 − (1−δ_w)/4)σ − O(x₂); L_S falls at 2μ",
    ...{ inCode: "paperLemmas", shownBy: "P10" },
  },
  {
    name: "Theorem G.1",
    says:
      "W₂ = W₁ = diag(10, 1), r = 1: a start in the top singular space of the weights stays at L = 1",
    runs: "true, exactly, for a target with L(0) = 1; a tilt of 10⁻⁶ frees it",
    sharp: "the same",
    ...{ inCode: "theoremG1", shownBy: "P16" },
  },
];
