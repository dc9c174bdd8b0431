/**
 * What holds for the claims of every paper.
 *
 * @module
 */
import { assert, assertEquals, assertGreater, assertMatch } from "@std/assert";
import { type Claim, evidenceOf, runClaims } from "lora-dynamics/experiment/mod.ts";

/** A sentence of which the reader has something: no blank, no period at the end. */
const SENTENCE = /^\S.{19,258}[^\s.]$/;

/**
 * Registers the tests of a paper's claims: their table, then each at the quick preset, with its control.
 *
 * @param paper Slug of the paper.
 * @param claims Its claims.
 * @param ids Their ids, in order.
 */
export function testClaims(paper: string, claims: readonly Claim[], ids: readonly string[]): void {
  testTable(paper, claims, ids);
  testChecks(claims);
}

/** Registers the tests of the table of a paper's claims; see {@linkcode testClaims}. */
export function testTable(paper: string, claims: readonly Claim[], ids: readonly string[]): void {
  Deno.test(`claims of ${paper} are the rows of its table, in order`, () => {
    assertEquals(claims.map(({ id }) => id), ids);
    assertEquals(new Set(claims.map(({ statement }) => statement)).size, ids.length);
    for (const claim of claims) assertEquals(claim.paper, paper);
  });

  Deno.test(`claims of ${paper} are each checked once by its notebook`, async () => {
    const path = new URL(`../../notebooks/${paper}.ipynb`, import.meta.url);
    const { cells } = JSON.parse(await Deno.readTextFile(path)) as {
      cells: { cell_type: string; source: string[] }[];
    };
    const checked = cells.filter(({ cell_type }) => cell_type === "code").flatMap(({ source }) =>
      [...source.join("").matchAll(/\bcheck\(\w+\.claims, (\[[^\]]*\])/g)]
        .flatMap(([, list]) => JSON.parse(list.replace(/,\s*\]/, "]")) as string[])
    );
    assertEquals(checked.sort(), [...ids].sort());
  });

  Deno.test(`claims of ${paper} say what would refute them, and whose they are`, () => {
    for (const { id, statement, falsifier, source } of claims) {
      assertMatch(statement, SENTENCE, id);
      assertMatch(falsifier, SENTENCE, id);
      assert(falsifier !== statement, id);
      if (source.where !== undefined) assertMatch(source.where, /^\S.+\S$/, id);
      assert(source.whose === "ours" || source.where !== undefined, id);
    }
  });

  Deno.test(`claims of ${paper} name seeds and sizes at both presets`, () => {
    for (const claim of claims) {
      for (const preset of ["quick", "full"] as const) {
        const { seeds, sizes, draws } = evidenceOf(claim, preset);
        assertMatch(sizes, /^\S.{6,}\S$/, claim.id);
        const count = typeof seeds === "number" ? seeds : new Set(seeds).size;
        assertEquals(count > 0, draws !== "nothing", claim.id);
        if (claim.control) assert(draws !== "closed seed", claim.id);
      }
    }
    assertGreater(claims.filter(({ control }) => control).length, 0);
  });
}

/** Whether the notebooks, run beside these tests, check every claim: then only controls are left. */
const BY_NOTEBOOKS = Deno.env.get("LORA_DYNAMICS_CLAIMS") === "notebooks";

/** Registers a test of each claim at the quick preset, and of its control. */
export function testChecks(claims: readonly Claim[]): void {
  for (const claim of claims) {
    const { id, statement, control } = claim;
    if (!BY_NOTEBOOKS) {
      Deno.test(`${id}: ${statement}`, async () => {
        const [row] = await runClaims([claim], "quick", { progress: false });
        const { measured, expected, tolerance } = row;
        assert(row.pass, JSON.stringify({ measured, expected, tolerance }, undefined, 2));
      });
    }
    if (control) {
      Deno.test(`${id}, control: it must not hold`, async () => {
        const { pass } = await control("quick", { signal: new AbortController().signal });
        assertEquals(pass, false, "the control agrees");
      });
    }
  }
}

/** The rooms of a paper's claims: each has a test file of its own, so that they run side by side. */
export interface ClaimRooms {
  /** Folders of claims. */
  readonly rooms: readonly string[];
  /** All claims that the files of a room export. */
  readonly claimsOf: (room: string) => Promise<Claim[]>;
  /** Registers the tests of the claims of a room. */
  readonly testRoom: (room: string) => Promise<void>;
  /** Registers the test that no claim is missed and that every room has its file in this folder. */
  readonly testRooms: (claims: readonly Claim[], folder: URL) => void;
}

/** The rooms of `lib/papers/<paper>/claims`. */
export function claimRooms(paper: string): ClaimRooms {
  const root = new URL(`../../lib/papers/${paper}/claims/`, import.meta.url);
  const rooms = Array.from(Deno.readDirSync(root))
    .filter(({ isDirectory }) => isDirectory).map(({ name }) => name).sort();
  const claimsOf = async (room: string) => {
    const found = new Map<string, Claim>(), folder = new URL(`${room}/`, root);
    for (const { name } of [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1)) {
      for (const list of Object.values(await import(new URL(name, folder).href))) {
        // A room may gather the lists of its files in one of them.
        if (Array.isArray(list)) { for (const claim of list) found.set(claim.id, claim); }
      }
    }
    return [...found.values()];
  };
  return {
    rooms,
    claimsOf,
    testRoom: async (room) => testChecks(await claimsOf(room)),
    testRooms: (claims, folder) =>
      Deno.test("every claim is checked in the file of its room", async () => {
        const all = await Promise.all(rooms.map(claimsOf));
        const ids = (list: readonly Claim[]) => list.map(({ id }) => id).sort();
        assertEquals(ids(all.flat()), ids(claims));
        const files = Array.from(Deno.readDirSync(folder), ({ name }) => name);
        assertEquals(
          files.filter((name) => name.endsWith("_test.ts")).sort(),
          [...rooms.map((room) => `${room}_test.ts`), "table_test.ts"].sort(),
        );
      }),
  };
}
