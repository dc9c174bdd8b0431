/**
 * `deno task claims` on papers made for the tests: one whose claims hold, one whose claims do not, a
 * slow one and an endless one; without names, the first two.
 *
 * @module
 */
import { agree, type Claim } from "../../lib/experiment/mod.ts";
import { runTask } from "../../lib/cli/args.ts";
import { checkClaims } from "../../lib/cli/claims.ts";
import { USAGES } from "../../lib/cli/usages.ts";

const result = (x: number) => agree({ x }, { x: 1 }, { abs: 0 });
const common: Omit<Claim, "id" | "statement" | "paper"> = {
  source: { whose: "ours" },
  falsifier: "A one that is not one",
  evidence: { seeds: 0, sizes: "one number", draws: "nothing" },
  check: () => result(1),
};
const seeded: Claim["evidence"] = { seeds: 1, sizes: "one number", draws: "seed" };
/** A check that fails at the first of the other seeds. */
const failing = (count: number): Claim["check"] => (_, { seed }) => {
  const n = Number(seed?.match(/other\/(\d+)$/)?.[1] ?? 1000);
  return result(n <= count ? 9 : 1);
};

const paper = (name: string, claims: (Omit<Claim, "paper">)[]): [string, Claim[]] => [
  name,
  claims.map((claim) => ({ ...claim, paper: name })),
];
const papers = new Map<string, Claim[]>([
  paper("good-paper", [
    { ...common, id: "C1", statement: "One is one", source: { whose: "paper", where: "Eq. (1)" } },
    {
      ...common,
      id: "C2",
      statement: "One is nearly always one",
      evidence: seeded,
      check: failing(1),
      control: () => result(2),
    },
    {
      ...common,
      id: "C3",
      statement: "One is one by chance",
      evidence: { seeds: 3, sizes: "three numbers", draws: "closed seed" },
    },
  ]),
  paper("bad-paper", [
    { ...common, id: "C1", statement: "Two is one", check: () => result(2) },
    {
      ...common,
      id: "C2",
      statement: "One is often one",
      evidence: seeded,
      check: failing(2),
    },
  ]),
]);
const special = new Map<string, Claim[]>([
  paper(
    "slow-paper",
    ["C1", "C2", "C3", "C4"].map((id) => ({
      ...common,
      id,
      statement: "Slow one is one",
      check: async () => {
        await new Promise((resolve) => setTimeout(resolve, 700));
        return result(1);
      },
    })),
  ),
  paper("endless-paper", [
    { ...common, id: "C1", statement: "One will be one", check: () => new Promise(() => {}) },
  ]),
]);

const usage = { ...USAGES.claims, words: { name: "paper", meaning: "one of these" } };
await runTask("claims", usage, (args) => {
  const named = args.words.some((word) => special.has(word));
  return checkClaims(args, named ? special : papers);
});
