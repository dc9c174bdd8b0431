/** What a notebook cites, read by a parser of our own and, where it is installed, by BibTeX. */
import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import {
  cite,
  keyOf,
  provenance,
  type References,
  type Work,
  works,
} from "lora-dynamics/experiment/mod.ts";
import { bibtex, texText } from "../../lib/experiment/cite/bibtex.ts";
import { citations, citationsOf, readYaml } from "../../lib/experiment/cite/cff.ts";
import * as cr from "lora-dynamics/papers/convergence_rate/mod.ts";
import * as lf from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
import * as lo from "lora-dynamics/papers/lora_one/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import * as pth from "lora-dynamics/papers/pre_training_hurts/mod.ts";

const ALL: readonly References[] = [cr, lf, lo, mf, pth].map(({ references }) => references);

/** Entries of a BibTeX text: kind, key and fields; throws where braces or commas are not right. */
function parse(text: string): { kind: string; key: string; fields: Record<string, string> }[] {
  let at = 0;
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    assert(found, `${pattern} is not at ${JSON.stringify(text.slice(at, at + 40))}`);
    at = pattern.lastIndex;
    return found[1] ?? "";
  };
  const braced = (): string => {
    take(/\{/y);
    const from = at;
    for (let depth = 1; depth > 0; at++) {
      assert(at < text.length, "a brace is not closed");
      if (text[at] === "{" && text[at - 1] !== "\\") depth++;
      if (text[at] === "}" && text[at - 1] !== "\\") depth--;
    }
    return text.slice(from, at - 1);
  };
  const entries = [];
  while (at < text.length) {
    const kind = take(/\s*@(\w+)\{/y), key = take(/([a-z0-9]+),\s*/y);
    const fields: Record<string, string> = {};
    do {
      const name = take(/(\w+) = /y);
      assertEquals(name in fields, false, name);
      fields[name] = braced();
    } while (take(/(,?)\s*/y) === ",");
    take(/\}\s*/y);
    entries.push({ kind, key, fields });
  }
  return entries;
}

/** Text of the Markdown cells of a notebook. */
function notebookText(name: string): string {
  const { cells } = JSON.parse(Deno.readTextFileSync(`notebooks/${name}.ipynb`)) as {
    cells: { cell_type: string; source: string | string[] }[];
  };
  return cells.filter(({ cell_type }) => cell_type === "markdown")
    .map(({ source }) => [source].flat().join("")).join("\n");
}

Deno.test("every notebook's BibTeX parses: ASCII, own keys, and the fields that its kind must have", () => {
  assertEquals(ALL.length, Object.keys(citations().papers).length);
  for (const references of ALL) {
    const { bibtex: text, keys } = cite(references);
    assertMatch(text, /^[\n -~]*$/);
    const entries = parse(text);
    assertEquals(entries.map(({ key }) => key), keys);
    assertEquals(new Set(keys).size, keys.length);
    for (const { kind, key, fields } of entries) {
      const wanted = {
        article: ["author", "title", "journal", "year"],
        inproceedings: ["author", "title", "booktitle", "year"],
        misc: ["author", "title"],
      }[kind]!;
      assertEquals(wanted.filter((name) => !(name in fields)), [], key);
    }
  }
});

Deno.test("a notebook's own paper comes first, then the software and the data", () => {
  const firsts = ALL.map((references) => parse(cite(references).bibtex).slice(0, 3));
  assertEquals(firsts.map(([paper]) => paper.key), [
    ...["mu2026convergence", "dayi2025lowrank", "zhang2025loraone", "xu2025understanding"],
    "nwemadji2026when",
  ]);
  for (const [, software, data] of firsts) {
    assertEquals([software.key, data.key], ["loradynamics", "alpaydin1998optical"]);
    assertEquals(software.fields.author, "{The lora-dynamics authors}");
  }
  const { fields } = firsts[3][0];
  assertEquals(fields.author.split(" and ").at(-1), "Vidal, Ren{\\'e}");
  assertEquals(fields.pages, "4636--4644");
  assertEquals(fields.note, "arXiv:2503.06982");
  assertStringIncludes(fields.title, "Dynamics of {LoRA}: A Gradient Flow Perspective on Low-Rank");
});

Deno.test("every arXiv number in a notebook is in its BibTeX, and every work is named in the notebook", () => {
  for (const references of ALL) {
    const text = notebookText(references.notebook!), entries = cite(references).bibtex;
    const numbers = new Set(text.match(/\b\d{4}\.\d{5}\b|\b1312\.6120\b/g));
    for (const number of numbers) assertStringIncludes(entries, number, references.notebook);
    for (const { arxiv, authors, title } of references.works) {
      const names = [arxiv, String(authors[0]).split(",")[0], /^(.*?):/.exec(title)?.[1]];
      const named = names.some((name) =>
        name !== undefined && new RegExp(`(?<!\\p{L})${name}(?!\\p{L})`, "u").test(text)
      );
      assert(named, `${references.notebook}: ${title}`);
    }
  }
});

Deno.test("letters, capitals and signs survive TeX; what TeX does not know is refused", () => {
  assertEquals(
    texText("Bałazy, Stöger, França, Erdős, Žižek"),
    [
      'Ba{\\l}azy, St{\\"o}ger, Fran{\\c c}a, Erd{\\H o}s, {\\v Z}i{\\v z}ek',
    ][0],
  );
  assertEquals(
    texText("50 % of R&D_x $5 #1 – ~"),
    "50 \\% of R\\&D\\_x \\$5 \\#1 -- {\\textasciitilde}",
  );
  assertThrows(() => texText("线性"), RangeError, "letters that TeX knows");
  const work: Work = {
    title: "LoRA+ and (DoRA): Low-Rank, {Riemannian} or PiSSA? On NTK",
    authors: ["Doe, Jane", { name: "A Group" }],
    ...{ others: true, year: 2026, url: "https://example.org/a_b%20{c}" },
  };
  const [{ key, fields }] = parse(bibtex(work));
  assertEquals(key, "doe2026lora");
  assertEquals(fields.title, "{LoRA+} and ({DoRA}): Low-Rank, {Riemannian} or {PiSSA}? On {NTK}");
  assertEquals(fields.author, "Doe, Jane and {A Group} and others");
  assertEquals(fields.note, "\\url{https://example.org/a_b%20%7Bc%7D}");
});

Deno.test("a preprint and a paper of a journal are articles, a talk is in its proceedings, code is neither", () => {
  const kinds = (more: Partial<Work>) => {
    const [{ kind, fields }] = parse(
      bibtex({ title: "A", authors: ["Doe, J."], year: 2026, ...more }),
    );
    return [kind, fields.journal, fields.note];
  };
  assertEquals(kinds({ arxiv: "2601.00001" }), [
    ...["article", "arXiv preprint arXiv:2601.00001", undefined],
  ]);
  assertEquals(kinds({ journal: "JMLR" }), ["article", "JMLR", undefined]);
  assertEquals(kinds({ journal: "JMLR", arxiv: "2601.00001", doi: "10.1/x" }), [
    ...["article", "JMLR", "arXiv:2601.00001, doi:10.1/x"],
  ]);
  assertEquals(kinds({ booktitle: "ICML", arxiv: "2601.00001" }), [
    ...["inproceedings", undefined, "arXiv:2601.00001"],
  ]);
  assertEquals(kinds({ url: "https://a.org" }), ["misc", undefined, "\\url{https://a.org}"]);
});

Deno.test("two works with one key, an unknown notebook and an unknown option are refused", () => {
  const twin: Work = { ...works.lora, title: "LoRA again" };
  assertEquals(keyOf(twin), keyOf(works.lora));
  assertThrows(() => cite({ works: [works.lora, twin] }), RangeError, '"hu2022lora" stands for');
  assertEquals(cite({ works: [works.lora, works.lora] }).keys.length, 3);
  assertThrows(() => cite({ notebook: "lora-two", works: [] }), RangeError, "lora-one");
  assertThrows(() => cite({ work: [] } as unknown as References), TypeError, "notebook, works");
});

Deno.test("the citation file is read as it stands, and a line of another kind is refused by its text", () => {
  const { software, papers, data } = citations();
  assertEquals(software.version, provenance().versions.library);
  assertEquals([data[0].doi, data[0].year], ["10.24432/C50P49", 1998]);
  assertEquals(papers["lora-one"].authors, ["Zhang, Yuanhe", "Liu, Fanghui", "Chen, Yudong"]);
  assertEquals(papers["lora-one"].pages, [75513, 75574]);
  assertEquals(
    readYaml('a: "x: y" # no\nb: >-\n  one\n  two\nc:\n  - d: 1\n    e:\n      - f\n      - g'),
    {
      ...{ a: "x: y", b: "one two" },
      c: [{ d: "1", e: ["f", "g"] }],
    },
  );
  assertThrows(() => readYaml("a: 1\n&b 2"), TypeError, 'current value is "&b 2"');
  const { repository } = citationsOf(
    "title: t\nrepository-code: https://example.org/x\nauthors:\n  - name: n",
  );
  assertEquals(repository, "https://example.org/x");
});

/** Whether a program can be run. */
async function has(program: string): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args: ["--version"], stdout: "null" }).output())
      .success;
  } catch {
    return false;
  }
}

Deno.test({
  name: "BibTeX itself reads all of it without a warning (skipped where there is no BibTeX)",
  ignore: !await has("bibtex"),
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const run = async (entries: string) => {
        await Deno.writeTextFile(`${folder}/all.bib`, entries);
        await Deno.writeTextFile(
          `${folder}/x.aux`,
          "\\citation{*}\n\\bibdata{all}\n\\bibstyle{plain}\n",
        );
        const { stdout } = await new Deno.Command("bibtex", { args: ["x"], cwd: folder }).output();
        return new TextDecoder().decode(stdout);
      };
      const everything = cite({ works: ALL.flatMap(({ works }) => works) });
      assertEquals((await run(everything.bibtex)).match(/Warning|error/gi), null);
      const list = await Deno.readTextFile(`${folder}/x.bbl`);
      assertEquals(list.match(/\\bibitem/g)!.length, everything.keys.length);
      assertStringIncludes(list, "{LoRA}");
      // Control: an entry without its last brace.
      assertMatch(await run(everything.bibtex.trimEnd().slice(0, -1)), /error/i);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
