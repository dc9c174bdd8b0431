/**
 * What the notebook convergence-rate cites.
 *
 * @module
 */
import { type References, works } from "../../experiment/mod.ts";

/** Related work of the notebook, for {@linkcode cite}. */
export const references: References = {
  notebook: "convergence-rate",
  works: [
    works.lora,
    works.loraPlus,
    works.rankAccuracy,
    works.scalingFactor,
    {
      title: "A Rank Stabilization Scaling Factor for Fine-Tuning with LoRA",
      authors: ["Kalajdzievski, Damjan"],
      year: 2023,
      arxiv: "2312.03732",
    },
    {
      title: "On the Convergence of Stochastic Low-Rank Adaptation",
      authors: ["Wang, Ru", "Liu, Chengchang", "Lui, John C. S."],
      year: 2026,
      arxiv: "2607.21975",
    },
    {
      title: "Learning Rate Scaling across LoRA Ranks and Transfer to Full Finetuning",
      authors: ["Chen, Nan", "Villar, Soledad", "Hayou, Soufiane"],
      year: 2026,
      arxiv: "2602.06204",
    },
    {
      title: "Large Learning Rate Tames Homogeneity: Convergence and Balancing Effect",
      authors: ["Wang, Yuqing", "Chen, Minshuo", "Zhao, Tuo", "Tao, Molei"],
      year: 2022,
      arxiv: "2110.03677",
      booktitle: "International Conference on Learning Representations",
    },
  ],
};
