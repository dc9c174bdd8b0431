/**
 * What can be cited, and its key.
 *
 * @module
 */

/** A paper, a data set or a program that a notebook cites. */
export interface Work {
  /** Title, as printed; words whose capitals matter and that do not show it stand in braces. */
  readonly title: string;
  /** Authors as `"Family, Given"`, or a group as `{ name }`. */
  readonly authors: readonly (string | { readonly name: string })[];
  /** Whether there are more authors than are named. */
  readonly others?: boolean;
  /** Year of publication; none where it is not known. */
  readonly year?: number;
  /** Journal in which it is. */
  readonly journal?: string;
  /** Book of a conference in which it is. */
  readonly booktitle?: string;
  /** Series of the book. */
  readonly series?: string;
  /** Volume of the journal or the series. */
  readonly volume?: number;
  /** Issue of the journal. */
  readonly number?: number;
  /** First and last page, or the number of an article. */
  readonly pages?: readonly [number, number] | string;
  /** Number on arXiv: `"2503.06982"`. */
  readonly arxiv?: string;
  /** Digital object identifier. */
  readonly doi?: string;
  /** Where it is. */
  readonly url?: string;
  /** Who publishes it, of a data set. */
  readonly publisher?: string;
  /** Version, of a program. */
  readonly version?: string;
}

/** Letters that are no base letter with an accent. */
const LETTERS: Readonly<Record<string, string>> = { ł: "l", Ł: "L", ø: "o", ß: "ss", ı: "i" };

/** Words that begin a title without naming its matter. */
const SMALL = new Set("a an the on of in for to and how".split(" "));

/** Text in lower-case ASCII letters and digits. */
function ascii(text: string): string {
  const letters = [...text].map((letter) => LETTERS[letter] ?? letter).join("");
  return letters.normalize("NFKD").toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

/** Key of a work: family name of the first author, year, first telling word of the title. */
export function keyOf({ authors, year, title }: Work): string {
  const [first] = authors, words = title.replaceAll(/[{}]/g, "").split(/\s+/).map(ascii);
  const name = typeof first === "string" ? first.split(",")[0] : "";
  const word = words.find((each) => each !== "" && !SMALL.has(each)) ?? "";
  return `${ascii(name)}${year ?? ""}${word}`;
}
