/**
 * Work that more than one notebook cites.
 *
 * @module
 */
import type { Work } from "./work.ts";

const ICLR = "International Conference on Learning Representations";
const ICML = "International Conference on Machine Learning";

/** Works by the name under which notebooks speak of them. */
export const works = {
  lora: {
    title: "LoRA: Low-Rank Adaptation of Large Language Models",
    authors: [
      ...["Hu, Edward J.", "Shen, Yelong", "Wallis, Phillip", "Allen-Zhu, Zeyuan", "Li, Yuanzhi"],
      ...["Wang, Shean", "Wang, Lu", "Chen, Weizhu"],
    ],
    ...{ year: 2022, booktitle: ICLR, arxiv: "2106.09685" },
  },
  loraPlus: {
    title: "LoRA+: Efficient Low Rank Adaptation of Large Models",
    authors: ["Hayou, Soufiane", "Ghosh, Nikhil", "Yu, Bin"],
    ...{ year: 2024, booktitle: ICML, arxiv: "2402.12354" },
  },
  pissa: {
    title:
      "PiSSA: Principal Singular Values and Singular Vectors Adaptation of Large Language Models",
    authors: ["Meng, Fanxu", "Wang, Zhaohui", "Zhang, Muhan"],
    ...{ year: 2024, arxiv: "2404.02948" },
    booktitle: "Advances in Neural Information Processing Systems",
  },
  loraGA: {
    title: "LoRA-GA: Low-Rank Adaptation with Gradient Approximation",
    authors: ["Wang, Shaowen", "Yu, Linxi", "Li, Jian"],
    ...{ year: 2024, arxiv: "2407.05000" },
    booktitle: "Advances in Neural Information Processing Systems",
  },
  onlineSgd: {
    title:
      "Online stochastic gradient descent on non-convex losses from high-dimensional inference",
    authors: ["Ben Arous, Gerard", "Gheissari, Reza", "Jagannath, Aukosh"],
    ...{ year: 2021, journal: "Journal of Machine Learning Research" },
    ...{ volume: 22, number: 106, pages: [1, 51] as const },
  },
  solvableAttention: {
    title: "High-Dimensional Theory of LoRA Fine-Tuning in a Solvable Attention Model",
    authors: ["Duranthon, O.", "Boncoraglio, F.", "Zdeborová, L."],
    ...{ year: 2026, arxiv: "2606.05899" },
  },
  scalingFactor: {
    title: "The Hidden Power of Scaling Factor in LoRA Optimization",
    authors: [
      ...["Zhang, Zicheng", "Li, Haoran", "Wang, Jiaxing", "Gong, Guoqiang", "Li, Anqi"],
      ...["Hu, Yudong", "Xiong, Ting", "Gao, Yurong", "Hu, Junxing", "Jiang, Zhida"],
      ...["Zhang, Yifeng", "Liu, Pengzhang", "Jiang, Qixia"],
    ],
    ...{ year: 2026, arxiv: "2606.12883" },
  },
  rankAccuracy: {
    title: "Rank-Accuracy Trade-off for LoRA: A Gradient-Flow Analysis",
    authors: ["Rushka, Michael", "Klabjan, Diego"],
    ...{ year: 2026, arxiv: "2602.10212" },
  },
} as const satisfies Readonly<Record<string, Work>>;
