import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import * as linkedom from "linkedom";
import { check, type Claim } from "lora-dynamics/experiment/mod.ts";
import { agreeing, claim, disagreeing, good, SEEDED, shown } from "./_claims.ts";

/** What the tests ask of a document. */
interface Page {
  querySelector(query: string): { textContent: string };
  querySelectorAll(query: string): Iterable<{ textContent: string }>;
}

/** The document of a page's text; the package types it as a window that has none. */
function parse(html: string): Page {
  return (linkedom.parseHTML(html) as unknown as { document: Page }).document;
}

Deno.test("check() shows source, falsifier, evidence and the numbers of each claim", async () => {
  const one = good("C2", {
    source: { whose: "paper", where: "Theorem 3.2" },
    falsifier: "A number above one",
    evidence: { seeds: 8, sizes: "d = 100", draws: "closed seed" },
  });
  const table = await check([good("C1"), one], ["C2"], "quick");
  const bundle = shown(table), document = parse(bundle["text/html"]);
  assertEquals(table.rows.map((row) => row.id), ["C2"]);
  const summary = document.querySelector("summary").textContent;
  assertStringIncludes(summary, "C2 agrees (abs 1e-3): Statement of C2 with x < y");
  assertStringIncludes(summary, "— paper, Theorem 3.2");
  const cells = [...document.querySelectorAll("td")].map(({ textContent }) => textContent);
  assertEquals(cells, [
    ...["source", "paper, Theorem 3.2", "refuted by", "A number above one"],
    ...["evidence", "d = 100; 8 independent draws; samples of a fixed seed"],
    ...["x", "0.333333", "0.3333"],
  ]);
  assertStringIncludes(bundle["text/plain"], "C2     agrees   abs 1e-3   paper, Theorem 3.2");
});

Deno.test("check() escapes whatever a claim says", async () => {
  const bad = '<img src=x onerror="alert(1)">&\'';
  const hostile: Claim = {
    id: `C1${bad}`,
    paper: "lora-one",
    statement: bad,
    source: { whose: "paper", where: bad },
    falsifier: bad,
    evidence: { seeds: 1, sizes: bad, draws: "seed" },
    check: () => ({ measured: { [bad]: bad }, expected: bad, tolerance: bad, pass: true }),
    control: () => ({ measured: bad, expected: bad, tolerance: bad, pass: false }),
  };
  const html = shown(await check([hostile], [hostile.id], "quick", { seeds: 1 }))["text/html"];
  assert(!html.includes("<img") && !html.includes('="alert'));
  const document = parse(`<main>${html}</main>`);
  assertEquals([...document.querySelectorAll("img")].length, 0);
  const found = document.querySelector("main").textContent.split(bad).length - 1;
  assertEquals(found, 10);
});

Deno.test("check() throws with id, measured, expected and tolerance of what disagrees", async () => {
  const bad = claim("C7", () => disagreeing);
  const error = await assertRejects(() => check([good("C1"), bad], ["C1", "C7"], "quick"), Error);
  assertStringIncludes(error.message, "1 of 2 claims disagree");
  assertStringIncludes(error.message, 'C7: measured {"x":1.5}, expected {"x":0.3333} (abs 1e-3)');
  assert(!error.message.includes("C1:"));
  await assertRejects(() => check([bad], ["C8"], "quick"), RangeError, "one of C7");
});

Deno.test("check() takes a seed, and other seeds that must hold too", async () => {
  const seen: (string | undefined)[] = [];
  const lucky = claim("C1", (_, { seed }) => {
    seen.push(seed);
    return seed?.includes("other") ? disagreeing : agreeing;
  }, { evidence: SEEDED });
  await check([lucky], ["C1"], "quick", { seed: "3" });
  assertEquals(seen, ["3"]);
  const error = await assertRejects(() => check([lucky], ["C1"], "quick", { seeds: 2 }), Error);
  assertStringIncludes(error.message, "0 of 2 other seeds hold, no control");
  await assertRejects(() => check([lucky], ["C1"], "quick", { sead: "3" } as never), TypeError);
  const html = shown(
    await check([good("C2", { evidence: SEEDED })], ["C2"], "quick", { seeds: 3 }),
  );
  assertStringIncludes(html["text/html"], "3 of 3 other seeds hold, no control");
});
