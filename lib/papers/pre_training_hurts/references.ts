/**
 * What the notebook pre-training-hurts cites.
 *
 * @module
 */
import { type References, works } from "../../experiment/mod.ts";

/** Related work of the notebook, for {@linkcode cite}. */
export const references: References = {
  notebook: "pre-training-hurts",
  works: [
    works.lora,
    works.loraPlus,
    works.onlineSgd,
    works.solvableAttention,
    {
      title: "A Dynamical Theory of LoRA in Continual Learning",
      authors: [
        "Marchetta, Théo",
        "Alessandroni, Filippo",
        "Breccia, Alessandro",
        "Ingrosso, Alessandro",
        "Gerace, Federica",
      ],
      year: 2026,
      arxiv: "2609.39367",
    },
  ],
};
