/**
 * What the notebook lazy-vs-feature cites.
 *
 * @module
 */
import { type References, works } from "../../experiment/mod.ts";

/** Related work of the notebook, for {@linkcode cite}. */
export const references: References = {
  notebook: "lazy-vs-feature",
  works: [
    works.lora,
    works.onlineSgd,
    {
      title: "On-line learning in soft committee machines",
      authors: ["Saad, David", "Solla, Sara A."],
      year: 1995,
      journal: "Physical Review E",
      volume: 52,
      pages: [4225, 4243],
    },
    {
      title:
        "Dynamics of stochastic gradient descent for two-layer neural networks in the teacher-student setup",
      authors: [
        "Goldt, Sebastian",
        "Advani, Madhu S.",
        "Saxe, Andrew M.",
        "Krzakala, Florent",
        "Zdeborová, Lenka",
      ],
      year: 2019,
      booktitle: "Advances in Neural Information Processing Systems",
    },
    {
      title: "SGD learning on neural networks: leap complexity and saddle-to-saddle dynamics",
      authors: ["Abbe, Emmanuel", "Boix-Adserà, Enric", "Misiakiewicz, Theodor"],
      year: 2023,
      arxiv: "2302.11055",
      booktitle: "Conference on Learning Theory",
    },
    {
      title: "Computational-Statistical Gaps in {Gaussian} Single-Index Models",
      authors: ["Damian, Alex", "Pillaud-Vivien, Loucas", "Lee, Jason D.", "Bruna, Joan"],
      year: 2024,
      arxiv: "2403.05529",
      booktitle: "Conference on Learning Theory",
    },
    {
      title: "A Kernel-Based View of Language Model Fine-Tuning",
      authors: [
        "Malladi, Sadhika",
        "Wettig, Alexander",
        "Yu, Dingli",
        "Chen, Danqi",
        "Arora, Sanjeev",
      ],
      year: 2023,
      arxiv: "2210.05643",
      booktitle: "International Conference on Machine Learning",
    },
    {
      title: "LoRA Training in the NTK Regime has No Spurious Local Minima",
      authors: ["Jang, Uijeong", "Lee, Jason D.", "Ryu, Ernest K."],
      year: 2024,
      arxiv: "2402.11867",
      booktitle: "International Conference on Machine Learning",
    },
    {
      title: "Neural Tangent Kernel: Convergence and Generalization in Neural Networks",
      authors: ["Jacot, Arthur", "Gabriel, Franck", "Hongler, Clément"],
      year: 2018,
      arxiv: "1806.07572",
      booktitle: "Advances in Neural Information Processing Systems",
    },
    {
      title: "On Lazy Training in Differentiable Programming",
      authors: ["Chizat, Lénaïc", "Oyallon, Edouard", "Bach, Francis"],
      year: 2019,
      arxiv: "1812.07956",
      booktitle: "Advances in Neural Information Processing Systems",
    },
    {
      title: "Kernel Methods for Deep Learning",
      authors: ["Cho, Youngmin", "Saul, Lawrence K."],
      year: 2009,
      booktitle: "Advances in Neural Information Processing Systems",
    },
  ],
};
