import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { apiPages } from "../../lib/site/api.ts";
import { readExecuted } from "../../lib/site/executed.ts";
import { Figures } from "../../lib/site/figures.ts";
import { Files } from "../../lib/site/files.ts";
import { CLAIM_ROWS } from "../../lib/experiment/claims/comparison.ts";
import { ledgerPage, ledgerRows } from "../../lib/site/ledger.ts";
import { type NotebookPage, notebookPage } from "../../lib/site/notebook_page.ts";
import { searchScript } from "../../lib/site/search.ts";
import { framed } from "../../lib/site/shell.ts";
import { inOrder, startPage } from "../../lib/site/start_page.ts";
import { claimRow } from "./_claims.ts";
import { code, data, drawing, type RawCell, text, writeCopy } from "./_executed.ts";

const EDITIONS = { live: false, lite: false };

/** The page of a notebook with these cells and figures. */
async function pageOf(
  slug: string,
  cells: RawCell[],
  figures: Record<string, string> = {},
): Promise<NotebookPage> {
  const folder = await Deno.makeTempDir();
  try {
    await writeCopy(folder, slug, cells, figures);
    const file = Deno.readTextFileSync(`${folder}/${slug}/${slug}.ipynb`);
    const gathered = { figures: new Figures(slug, `${folder}/${slug}`, new Files()), claims: [] };
    return notebookPage(readExecuted(slug, file), gathered, EDITIONS);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const cells = (...rows: ReturnType<typeof claimRow>[]): RawCell[] => [
  text("# A title $x$\n\n**In one sentence:** from small starts $x$ grows.\n\n## One\n\nwords"),
  code("check();", data({ [CLAIM_ROWS]: rows, "text/html": "not this" })),
  text("more words\n\n## 2. Try it yourself"),
  code("show();", data({ "image/svg+xml": drawing("The caption") })),
];

Deno.test("a notebook's page has its title, its sentence, its sections with all their words", async () => {
  const page = await pageOf("x", cells(claimRow()), { F1: "The caption" });
  assertEquals([page.path, page.name], ["x/index.html", "A title x"]);
  assertStringIncludes(page.sentence.text, "from small starts <span");
  assertEquals(page.sections.map(({ id, text }) => [id, text]).slice(1), [
    ["one", "words more words"],
    ["2-try-it-yourself", ""],
  ]);
  assertEquals(page.gathered.claims.map(({ slug, cell }) => [slug, cell]), [["x", 1]]);
  assertEquals(page.gathered.figures.saved[0].cell, 2);
  assertEquals(page.body.text.includes("not this"), false);
});

Deno.test("outputs: bars that are over are left out, colours of a terminal too, code over 15 lines is folded", async () => {
  const page = await pageOf("x", [
    code("1;", data({ "text/html": '<div><progress value="2" max="2"></progress> done</div>' })),
    code("2;", data({ "text/html": "<div hidden></div>", "text/plain": "progress, done" })),
    code("2;", { output_type: "stream", name: "stderr", text: "\x1b[31mred\x1b[0m & <b>" }),
    code(
      Array(16).fill("f();").join("\n"),
      data({ "text/plain": "undefined", "text/html": "<b>3</b>" }),
    ),
  ]);
  assertEquals(page.body.text.includes("progress"), false);
  assertStringIncludes(page.body.text, '<pre class="stderr">red &amp; &lt;b&gt;</pre>');
  assertStringIncludes(page.body.text, '<div class="shown"><b>3</b></div>');
  const open = Array.from(
    page.body.text.matchAll(/<details class="code"\s*(open)?/g),
    ([, o]) => o,
  );
  assertEquals(open, ["open", "open", "open", undefined]);
});

Deno.test("a cell may answer with Markdown or with a picture; its words never run", async () => {
  const page = await pageOf("x", [
    code("1;", data({ "text/markdown": "# Found\n$\\alpha$ <script>alert(1)</script>" })),
    code("2;", data({ "image/png": "aGVs\nbG8=", "text/plain": 'a "plot"' })),
    code("3;", data({ "text/latex": "$x$", "text/plain": "x" })),
  ]);
  const { text } = page.body;
  assertStringIncludes(text, '<h3 id="found">Found');
  assertStringIncludes(text, "&lt;script&gt;");
  assertStringIncludes(text, '<img src="data:image/png;base64,aGVsbG8=" alt="a &quot;plot&quot;">');
  assertStringIncludes(text, '<pre class="value">x</pre>');
});

Deno.test("a picture that a text takes from elsewhere is refused by name: the page would lack it", async () => {
  for (const target of ["plot.png", "https://example.org/x.png", "attachment:a.png"]) {
    const text = { cell_type: "markdown", source: `![what](${target})` };
    const page = () => pageOf("x", [text, code("1;", data({ "text/plain": "1" }))]);
    await assertRejects(
      page,
      Error,
      `must be drawn by a cell, as the page has no other files: current value is ${target}`,
    );
  }
});

Deno.test("the ledger has every claim by number, with all that belongs to it", async () => {
  const own = { whose: "ours" } as const;
  const rows = [claimRow({ id: "C10", source: own }), claimRow({ id: "C2", seconds: 0.001 })];
  const page = await pageOf("x", cells(...rows), { F1: "The caption" });
  assertEquals(ledgerRows([page])[1], {
    ...rows[1],
    machine: "a processor, 2 cores, linux",
    date: "2026-01-02",
  });
  const { text } = ledgerPage([page]).body;
  assert(text.indexOf('id="x-C2"') < text.indexOf('id="x-C10"'));
  for (
    const part of [
      ...["2 of 2 claims agree", "1 are the paper", "All of them agree.", "One and one are two"],
      ...[
        "paper, Theorem 3.1",
        "A sum of one and one that is not two",
        "d = 10 ... 1000; 4 independent",
      ],
      ...["rel 1e-6", "<td>sum</td>", "<td>2</td>", "at d = 10, 0", "less than 0.01 s", "0.25 s"],
      ...["a processor, 2 cores, linux, 2026-01-02", '../x/index.html#cell-1"'],
    ]
  ) assertStringIncludes(text, part);
});

Deno.test("the start has each notebook in the order of reading, with sentence, figure, claims, a thing to try", async () => {
  const pages = [
    await pageOf("convergence-rate", cells(claimRow()), { F1: "first", F7: "The caption" }),
    await pageOf("lora-one", cells(claimRow()), { F1: "The caption" }),
  ];
  assertEquals(inOrder([...pages, { slug: "mine" }]).map(({ slug }) => slug), [
    ...["lora-one", "convergence-rate", "mine"],
  ]);
  const { text } = startPage(pages, { live: true }).body;
  assertStringIncludes(text, "From small starts <span");
  assertStringIncludes(text, 'href="convergence-rate/index.html#F7"');
  assertStringIncludes(text, 'src="lora-one/F1.dark.svg" alt="The caption"');
  assertStringIncludes(text, "1 of 1 claims agree");
  assertStringIncludes(text, 'href="lora-one/index.html#2-try-it-yourself"');
});

Deno.test("the search knows sections, claims and figures by where they stand", async () => {
  const page = await pageOf("x", cells(claimRow()), { F1: "The caption" });
  const script = searchScript([page], []);
  const entries = JSON.parse(script.slice("globalThis.SEARCH = ".length, -2));
  assertEquals(entries.map(([address, title]: string[]) => [address, title]), [
    ["x/index.html#a-title-x", "A title x"],
    ["x/index.html#one", "One"],
    ["x/index.html#2-try-it-yourself", "2. Try it yourself"],
    ["x/index.html#C1", "Claim C1"],
    ["x/index.html#F1", "Figure F1"],
  ]);
});

Deno.test("a room of the library: experiments before functions before types, dollar signs as they are", () => {
  const entry = (signature: string, words = "Does it.") => ({
    markdown: `**n** (m)\n\n\`\`\`ts\n${signature}\n\`\`\`\n\n${words}`,
  });
  const room = "lora-dynamics/papers/x/mod.ts";
  const pages = apiPages({
    modules: {
      [room]: {
        T: entry("interface T"),
        f: entry("function f(): void", "Costs $5, not $6."),
        e: entry("const e: Experiment<P>"),
      },
      "lora-dynamics": { x: { module: room } },
    },
    about: { [room]: "Rows <b> of x.\n\n**Example** Seven.\n\n```ts\nconst seven = 7;\n```" },
  });
  assertEquals(pages.map(({ path }) => path), ["api/index.html", "api/papers/x/index.html"]);
  const { text } = pages[1].body;
  const places = ['id="experiments"', 'id="e"', 'id="functions"', 'id="f"', 'id="types"', 'id="T"'];
  const found = places.map((place) => text.indexOf(place));
  assertEquals(found, [...found].sort((a, b) => a - b));
  assertStringIncludes(text, "Costs $5, not $6.");
  assertStringIncludes(text, "Rows &lt;b&gt; of x.");
  assert(text.indexOf("seven") < found[0], "a room begins with its example");
  assertStringIncludes(pages[0].body.text, "Rows &lt;b&gt; of x.");
  assert(!pages[0].body.text.includes("Seven"), "the list of rooms has a paragraph for each");
});

Deno.test("a page in its frame knows the way to the start, and where it is", async () => {
  const page = await pageOf("x", cells(claimRow()));
  const pages = [{ path: "ledger/index.html", name: "Claims" }];
  const { text } = framed(page, { notebooks: [page], pages, made: "a & b" });
  assertStringIncludes(text, '<html lang="en" data-root="../">');
  assertStringIncludes(text, '<a href="../x/index.html" aria-current="page">');
  assertStringIncludes(text, '<a href="../ledger/index.html">Claims</a>');
  assertStringIncludes(text, "<title>A title x – lora-dynamics</title>");
  assertStringIncludes(text, "a &amp; b");
  assertEquals(text.match(/<h1\b/g)?.length, 1);
});
