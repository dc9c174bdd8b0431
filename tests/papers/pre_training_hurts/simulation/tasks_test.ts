/** Every task gives one result, whoever computes it, and another one for another seed. */
import { assertEquals, assertFalse, assertGreater, assertNotEquals } from "@std/assert";
import { type Row, sweep, type Task } from "lora-dynamics/experiment/mod.ts";
import {
  committeeLawSample,
  committeeRun,
  curriculum,
  digitsSearch,
  lawSample,
  passages,
  sgdRun,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";

const RUN = { student: "x", w0: 0.5, d: 1000, batch: 500, step: 0.2, copies: 4 };
/** Tasks of the paper with a few small cells. */
const TASKS: Record<string, { run: Task<never, Row>; cells: object[] }> = {
  sgdRun: {
    run: sgdRun as Task<never, Row>,
    cells: [
      { ...RUN, student: "relu", batch: 50, looks: [0, 7, 30] },
      { ...RUN, w0: [0.6, 0.4], looks: [10] },
      { ...RUN, student: "erf", batch: 20, d: 15, sampler: "whole inputs", looks: [5] },
      { ...RUN, student: "erf", rank: 2, batch: 20, looks: [5] },
    ],
  },
  passages: {
    run: passages as Task<never, Row>,
    cells: [
      { ...RUN, goal: { of: "m", level: 0.5 }, maxSteps: 1000 },
      { ...RUN, student: "erf", batch: 50, goal: { of: "loss", level: 0.027 }, maxSteps: 400 },
    ],
  },
  curriculum: {
    run: curriculum as Task<never, Row>,
    cells: ["zero", "squared"].map((labels) => ({
      ...{ ...RUN, student: "He3", step: 0.01, copies: 2, labels, until: 0.95 },
      ...{ firstSteps: 30, secondSteps: 10, points: 3 },
    })),
  },
  committeeRun: {
    run: committeeRun as Task<never, Row>,
    cells: [1, 2].map((rank) => ({
      ...{ student: "relu", rows: [[0.5, 0, 0], [0, 0.5, 0], [0, 0, 1]], rank, d: 20, batch: 10 },
      ...{ step: 0.5, looks: [0, 5], copies: 2 },
    })),
  },
  lawSample: {
    run: lawSample as Task<never, Row>,
    cells: ["exact chain", "chain of samples", "whole inputs", "plain model"].map((sampler) => ({
      ...{ student: "x", w0: 0.5, d: 12, batch: 3, step: 0.6, start: { u: 0.5 } },
      ...{ sampler, copies: 3, looks: [1, 4] },
    })),
  },
  committeeLawSample: {
    run: committeeLawSample as Task<never, Row>,
    cells: ["exact chain", "whole inputs"].map((sampler) => ({
      ...{ sampler, student: "relu", rows: [0.5, 1], rank: 2, d: 9, batch: 3, step: 0.5 },
      ...{ copies: 3, looks: [1, 3] },
    })),
  },
  digitsSearch: {
    run: digitsSearch as Task<never, Row>,
    cells: [0, 0.5].map((mu) => ({
      ...{
        data: "digits",
        train: 100,
        hidden: 4,
        activation: "tanh",
        fullSteps: 60,
        fullStep: 0.1,
      },
      ...{ batch: 10, networkSeed: "1", mu, rank: 1, step: 0.5, inputs: "images", level: 0.5 },
      ...{ maxSteps: 400, copies: 2 },
    })),
  },
};

/** Bits of all numbers, text of everything else; one NaN is as good as another. */
const bits = (rows: readonly Row[]) =>
  rows.map((row) =>
    Object.entries(row).map(([key, value]) =>
      typeof value === "number" && !Number.isNaN(value)
        ? `${key}=${new BigUint64Array(new Float64Array([value]).buffer)[0]}`
        : `${key}:${value}`
    ).join()
  );

for (const [name, { run, cells }] of Object.entries(TASKS)) {
  Deno.test(`${name} gives the same rows bit for bit with 0, 1 and 2 workers, and for a second run`, async () => {
    const rows = async (workers: number) => {
      const options = { name, run: run as Task<object, Row>, cells, seeds: ["7"], workers };
      return bits(await sweep({ ...options, store: new Map() }));
    };
    const expected = await rows(0);
    assertGreater(expected.length, 1);
    assertFalse(expected.join().includes("NaN"));
    for (const workers of [0, 1, 2]) assertEquals(await rows(workers), expected);
  });

  Deno.test(`${name} gives other rows for another seed`, async () => {
    const rows = (seed: string) => {
      const options = { name, run: run as Task<object, Row>, cells: cells.slice(0, 1) };
      return sweep({ ...options, seeds: [seed], workers: 0 });
    };
    const numbers = (list: Row[]) => bits(list.map(({ seed: _, ...row }) => row));
    assertNotEquals(numbers(await rows("8")), numbers(await rows("9")));
  });
}
