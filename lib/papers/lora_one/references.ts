/**
 * What the notebook lora-one cites.
 *
 * @module
 */
import { type References, works } from "../../experiment/mod.ts";

/** Related work of the notebook, for {@linkcode cite}. */
export const references: References = {
  notebook: "lora-one",
  works: [
    works.lora,
    works.loraPlus,
    works.pissa,
    works.loraGA,
    works.solvableAttention,
    works.scalingFactor,
    {
      title:
        "Initialization using Update Approximation is a Silver Bullet for Extremely Efficient Low-Rank Fine-Tuning",
      authors: [
        "Ponkshe, Kaustubh",
        "Singhal, Raghav",
        "Gorbunov, Eduard",
        "Tumanov, Alexey",
        "Horvath, Samuel",
        "Vepakomma, Praneeth",
      ],
      year: 2024,
      arxiv: "2411.19557",
    },
    {
      title: "MiCA Learns More Knowledge Than LoRA and Full Fine-Tuning",
      authors: ["Rüdiger, Sten", "Raschka, Sebastian"],
      year: 2026,
      arxiv: "2604.01694",
    },
    {
      title: "DoRA: Weight-Decomposed Low-Rank Adaptation",
      authors: [
        "Liu, Shih-Yang",
        "Wang, Chien-Yi",
        "Yin, Hongxu",
        "Molchanov, Pavlo",
        "Wang, Yu-Chiang Frank",
        "Cheng, Kwang-Ting",
        "Chen, Min-Hung",
      ],
      year: 2024,
      arxiv: "2402.09353",
      booktitle: "International Conference on Machine Learning",
    },
    {
      title: "{Riemannian} Preconditioned LoRA for Fine-Tuning Foundation Models",
      authors: ["Zhang, Fangzhao", "Pilanci, Mert"],
      year: 2024,
      arxiv: "2402.02347",
      booktitle: "International Conference on Machine Learning",
    },
    {
      title:
        "The singular values and vectors of low rank perturbations of large rectangular random matrices",
      authors: ["Benaych-Georges, Florent", "Nadakuditi, Raj Rao"],
      year: 2012,
      journal: "Journal of Multivariate Analysis",
      volume: 111,
      pages: [120, 135],
    },
    {
      title: "The large learning rate phase of deep learning: the catapult mechanism",
      authors: [
        "Lewkowycz, Aitor",
        "Bahri, Yasaman",
        "Dyer, Ethan",
        "Sohl-Dickstein, Jascha",
        "Gur-Ari, Guy",
      ],
      year: 2020,
      arxiv: "2003.02218",
    },
    {
      title: "LoRA vs. Full Fine-Tuning: A Theoretical Perspective",
      authors: ["Zindari, Ali", "Mulayoff, Rotem", "Stich, Sebastian U."],
      year: 2026,
      arxiv: "2605.19018",
    },
    {
      title:
        "Beyond Zero Initialization: Investigating the Impact of Non-Zero Initialization on LoRA Fine-Tuning Dynamics",
      authors: ["Li, Shiwei", "Luo, Xiandi", "Tang, Xing"],
      others: true,
      year: 2025,
      arxiv: "2505.23194",
      booktitle: "International Conference on Machine Learning",
    },
    {
      title:
        "LoRA Training Provably Converges to a Low-Rank Global Minimum or It Fails Loudly (But it Probably Won't Fail)",
      authors: ["Kim, Junsu", "Kim, Jaeyeon", "Ryu, Ernest K."],
      year: 2025,
      arxiv: "2502.09376",
      booktitle: "International Conference on Machine Learning",
    },
    {
      title: "Understanding Catastrophic Forgetting In LoRA via Mean-Field Attention Dynamics",
      authors: ["Koubbi, Hugo", "Hernandez, Louis", "Boussard, Matthieu"],
      year: 2026,
      arxiv: "2402.15415",
    },
    {
      title: "PEFT: State-of-the-art Parameter-Efficient Fine-Tuning methods",
      authors: [
        "Mangrulkar, Sourab",
        "Gugger, Sylvain",
        "Debut, Lysandre",
        "Belkada, Younes",
        "Paul, Sayak",
        "Bossan, Benjamin",
      ],
      year: 2022,
      url: "https://github.com/huggingface/peft",
    },
  ],
};
