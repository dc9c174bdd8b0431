/**
 * What the notebook gradient-flow-mf cites.
 *
 * @module
 */
import { type References, works } from "../../experiment/mod.ts";

/** Related work of the notebook, for {@linkcode cite}. */
export const references: References = {
  notebook: "gradient-flow-mf",
  works: [
    works.lora,
    works.loraPlus,
    works.pissa,
    works.loraGA,
    works.rankAccuracy,
    {
      title: "The Impact of Initialization on LoRA Finetuning Dynamics",
      authors: ["Hayou, Soufiane", "Ghosh, Nikhil", "Yu, Bin"],
      year: 2024,
      arxiv: "2406.08447",
      booktitle: "Advances in Neural Information Processing Systems",
    },
    {
      title: "LoRA-XS: Low-Rank Adaptation with Extremely Small Number of Parameters",
      authors: ["Bałazy, Klaudia", "Banaei, Mohammadreza", "Aberer, Karl", "Tabor, Jacek"],
      year: 2024,
      arxiv: "2405.17604",
    },
    {
      title: "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks",
      authors: ["Saxe, Andrew M.", "McClelland, James L.", "Ganguli, Surya"],
      year: 2014,
      arxiv: "1312.6120",
      booktitle: "International Conference on Learning Representations",
    },
    {
      title: "Understanding the Dynamics of Gradient Flow in Overparameterized Linear Models",
      authors: ["Tarmoun, Salma", "França, Guilherme", "Haeffele, Benjamin D.", "Vidal, René"],
      year: 2021,
      booktitle: "International Conference on Machine Learning",
    },
    {
      title:
        "On the Explicit Role of Initialization on the Convergence and Implicit Bias of Overparametrized Linear Networks",
      authors: ["Min, Hancheng", "Tarmoun, Salma", "Vidal, René", "Mallada, Enrique"],
      year: 2021,
      booktitle: "International Conference on Machine Learning",
    },
    {
      title:
        "Understanding Incremental Learning with Closed-form Solution to Gradient Flow on Overparamerterized Matrix Factorization",
      authors: ["Min, Hancheng", "Vidal, René"],
      year: 2025,
      arxiv: "2508.20344",
    },
    {
      title:
        "Small random initialization is akin to spectral learning: Optimization and generalization guarantees for overparameterized low-rank matrix reconstruction",
      authors: ["Stöger, Dominik", "Soltanolkotabi, Mahdi"],
      year: 2021,
      arxiv: "2106.15013",
      booktitle: "Advances in Neural Information Processing Systems",
    },
    {
      title:
        "Implicit Balancing and Regularization: Generalization and Convergence Guarantees for Overparameterized Asymmetric Matrix Sensing",
      authors: ["Soltanolkotabi, Mahdi", "Stöger, Dominik", "Xie, Changzhi"],
      year: 2023,
      arxiv: "2303.14244",
      booktitle: "Conference on Learning Theory",
    },
    {
      title:
        "Understanding Incremental Learning of Gradient Descent: A Fine-grained Analysis of Matrix Sensing",
      authors: ["Jin, Jikai", "Li, Zhiyuan", "Lyu, Kaifeng", "Du, Simon Shaolei", "Lee, Jason D."],
      year: 2023,
      arxiv: "2301.11500",
      booktitle: "International Conference on Machine Learning",
    },
    {
      title: "Saddle-to-Saddle Dynamics in Diagonal Linear Networks",
      authors: ["Pesme, Scott", "Flammarion, Nicolas"],
      year: 2023,
      arxiv: "2304.00488",
      booktitle: "Advances in Neural Information Processing Systems",
    },
    {
      title:
        "How Over-Parameterization Slows Down Gradient Descent in Matrix Sensing: The Curses of Symmetry and Initialization",
      authors: ["Xiong, Nuoya", "Ding, Lijun", "Du, Simon S."],
      year: 2024,
      arxiv: "2310.01769",
      booktitle: "International Conference on Learning Representations",
    },
    {
      title: "Uniform Spectral Growth and Convergence of {Muon} in LoRA-Style Matrix Factorization",
      authors: ["Kang, Changmin", "Yun, Jihun", "Shin, Baekrok", "Cho, Yeseul", "Yun, Chulhee"],
      year: 2026,
      arxiv: "2602.06385",
    },
    {
      title: "ODELoRA: Training Low-Rank Adaptation by Solving Ordinary Differential Equations",
      authors: ["Gao, Yihang", "Tan, Vincent Y. F."],
      year: 2026,
      arxiv: "2602.07479",
    },
  ],
};
