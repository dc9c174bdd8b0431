/**
 * A page of the browser that a test uses as a reader does: waits, types, presses keys.
 *
 * @module
 */
import { type Browser, type BrowserPage, findChromium, startBrowser } from "../_browser.ts";

/** Path of the browser, if there is one. */
export const chromium = findChromium();
if (!chromium) console.log("no chromium in the path: live pages are not tried in a browser");

/** Keys by name, with what the protocol wants to know of them. */
const KEYS = {
  Enter: { key: "Enter", code: "Enter", windowsVirtualKeyCode: 13, text: "\r" },
  Tab: { key: "Tab", code: "Tab", windowsVirtualKeyCode: 9 },
  Escape: { key: "Escape", code: "Escape", windowsVirtualKeyCode: 27 },
  Space: { key: " ", code: "Space", windowsVirtualKeyCode: 32, text: " " },
  ArrowRight: { key: "ArrowRight", code: "ArrowRight", windowsVirtualKeyCode: 39 },
  a: { key: "a", code: "KeyA", windowsVirtualKeyCode: 65, text: "a" },
} as const;

const MODIFIERS = { alt: 1, ctrl: 2, shift: 8 } as const;

/** A page under control. */
export class Page implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #page: BrowserPage;
  /** Addresses that it, and the pages before it, asked for. */
  readonly asked: string[] = [];
  /** What it, and the pages before it, complained about. */
  readonly problems: string[] = [];

  private constructor(browser: Browser, page: BrowserPage) {
    this.#browser = browser;
    this.#page = page;
  }

  /** A browser with a profile of its own, by default Chromium, and an empty page. */
  static async open(starting: Promise<Browser> = startBrowser(chromium!)): Promise<Page> {
    const browser = await starting;
    return new Page(browser, await browser.page());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser[Symbol.asyncDispose]();
  }

  /** Looks at what the page has asked and complained about so far. */
  note(): void {
    this.asked.push(...this.#page.requests.splice(0));
    this.problems.push(...this.#page.complaints.splice(0));
  }

  /** Opens an address and waits until it is loaded. */
  async go(url: string): Promise<void> {
    this.note();
    await this.#page.open(url);
  }

  /** Value of an expression in the page; promises are waited for. */
  evaluate<T = unknown>(expression: string): Promise<T> {
    return this.#page.evaluate<T>(expression);
  }

  /** Waits until an expression is true. */
  async until(expression: string, seconds = 60): Promise<void> {
    const end = performance.now() + 1000 * seconds;
    while (!await this.#holds(expression)) {
      if (performance.now() > end) throw new Error(`not within ${seconds} s: ${expression}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Whether an expression is true: a page that is on its way to another gives no answer at all. */
  async #holds(expression: string): Promise<boolean> {
    const late = Promise.withResolvers<false>();
    const timer = setTimeout(() => late.resolve(false), 5000);
    const answer = this.evaluate<boolean>(`Boolean(${expression})`).catch(() => false);
    return await Promise.race([answer, late.promise]).finally(() => clearTimeout(timer));
  }

  /** Presses a key. */
  async press(name: keyof typeof KEYS, modifier?: keyof typeof MODIFIERS): Promise<void> {
    const { text, ...key } = { text: undefined, ...KEYS[name] };
    const modifiers = modifier ? MODIFIERS[modifier] : 0;
    const written = text !== undefined && modifier !== "ctrl" ? { text } : {};
    const send = (type: string, more = {}) =>
      this.#page.send("Input.dispatchKeyEvent", { type, ...key, modifiers, ...more });
    await send("keyDown", written);
    await send("keyUp");
  }

  /** Types text where the cursor is. */
  async type(text: string): Promise<void> {
    await this.#page.send("Input.insertText", { text });
  }

  /** Width of the window, and whether the system is dark. */
  look(width: number, dark = false): Promise<void> {
    return this.#page.look(width, { dark });
  }

  /** A picture of the window, as PNG. */
  picture(whole = false): Promise<Uint8Array> {
    return this.#page.picture(whole);
  }
}
