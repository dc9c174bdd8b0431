/**
 * BibTeX that any style and an 8-bit BibTeX can read: ASCII only, with TeX's accents.
 *
 * @module
 */
import { keyOf, type Work } from "./work.ts";

/** TeX's accents by the combining character. */
const ACCENTS: Readonly<Record<string, string>> = {
  ...{ "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u" },
  ...{ "\u0307": ".", "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0327": "c" },
  ...{ "\u0328": "k" },
};

/** Letters and signs of their own. */
const SIGNS: Readonly<Record<string, string>> = {
  ...{ ł: "{\\l}", Ł: "{\\L}", ø: "{\\o}", Ø: "{\\O}", ß: "{\\ss}", æ: "{\\ae}", å: "{\\aa}" },
  ...{ "–": "--", "—": "---", "“": "``", "”": "''", "‘": "`", "’": "'", "\u00a0": "~" },
  ...{ "&": "\\&", "%": "\\%", "#": "\\#", _: "\\_", $: "\\$", "~": "{\\textasciitilde}" },
  ...{ "^": "{\\textasciicircum}", "\\": "{\\textbackslash}" },
};

/** Text in TeX's letters; braces stay, as they are meant. */
export function texText(text: string): string {
  let out = "";
  for (const letter of text.normalize("NFC")) {
    const [base, accent, ...more] = [...letter.normalize("NFD")];
    if (SIGNS[letter] !== undefined) out += SIGNS[letter];
    else if (accent === undefined && letter >= " " && letter <= "~") out += letter;
    else if (ACCENTS[accent] !== undefined && more.length === 0) {
      const sign = ACCENTS[accent];
      out += /[a-z]/i.test(sign) ? `{\\${sign} ${base}}` : `{\\${sign}${base}}`;
    } else {
      throw new RangeError(
        `Cannot write BibTeX as a text must have letters that TeX knows: current value is ` +
          `${JSON.stringify(text)}, with ${JSON.stringify(letter)}`,
      );
    }
  }
  return out;
}

/** A title whose capitals survive: a style may turn all but the first letter into small ones. */
function title(text: string): string {
  return texText(text).split(" ").map((word) => {
    const [, name, end] = /^(.*?)([:,.;?!)]*)$/.exec(word)!;
    const open = name.replace(/^\(/, "");
    return /[\p{L}\d]\p{Lu}/u.test(open) && !/[{}]/.test(name)
      ? `${name.slice(0, name.length - open.length)}{${open}}${end}`
      : word;
  }).join(" ");
}

function author(name: Work["authors"][number]): string {
  return typeof name === "string" ? texText(name) : `{${texText(name.name)}}`;
}

/** Address in a field that `\url` prints: what is no plain character of an address is not let through. */
function address(url: string): string {
  return `\\url{${encodeURI(decodeURI(url)).replaceAll(/[{}\\]/g, encodeURIComponent)}}`;
}

function kindOf({ journal, booktitle, arxiv }: Work): string {
  if (booktitle) return "inproceedings";
  return journal || arxiv ? "article" : "misc";
}

/** One entry; see {@linkcode cite}. */
export function bibtex(work: Work): string {
  const { journal, booktitle, series, volume, number, pages, arxiv, doi, url, publisher } = work;
  const preprint = !journal && !booktitle && arxiv !== undefined;
  const links = [
    ...(!preprint && arxiv ? [`arXiv:${arxiv}`] : []),
    ...(doi ? [`doi:${texText(doi)}`] : []),
    ...(url && !arxiv && !doi ? [address(url)] : []),
  ];
  const fields: Record<string, string | number | undefined> = {
    author: [...work.authors.map(author), ...(work.others ? ["others"] : [])].join(" and "),
    title: title(work.title),
    journal: preprint ? `arXiv preprint arXiv:${arxiv}` : journal && texText(journal),
    booktitle: booktitle && texText(booktitle),
    series: series && texText(series),
    volume,
    number,
    pages: typeof pages === "string" ? texText(pages) : pages?.join("--"),
    year: work.year,
    howpublished: work.version
      ? `Version ${texText(work.version)}`
      : publisher && texText(publisher),
    note: links.join(", ") || undefined,
  };
  const lines = Object.entries(fields).filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  ${name} = {${value}}`);
  return `@${kindOf(work)}{${keyOf(work)},\n${lines.join(",\n")}\n}\n`;
}
