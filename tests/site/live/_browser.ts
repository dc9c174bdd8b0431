/**
 * A headless Chromium that is steered through its debugging protocol.
 *
 * @module
 */
import { findChromium } from "../../platform/_chromium.ts";

/** Path of the browser, if there is one. */
export const chromium = findChromium();
if (!chromium) console.log("no chromium in the path: live pages are not tried in a browser");

const FLAGS = [
  ...["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
  ...["--remote-debugging-port=0", "--window-size=1280,900", "--force-device-scale-factor=1"],
  // Nothing but this computer is found.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

type Answer = { id?: number; method?: string; params?: never; result?: never; error?: unknown };

/** What a page did. */
export interface Log {
  /** Addresses that the page, or a worker of it, asked for. */
  readonly asked: string[];
  /** What went wrong: exceptions, errors on the console, requests without answer. */
  readonly problems: string[];
}

/** A page under control. */
export class Page implements AsyncDisposable {
  readonly #socket: WebSocket;
  readonly #close: () => Promise<void>;
  readonly #waiting = new Map<number, PromiseWithResolvers<never>>();
  readonly #addresses = new Map<string, string>();
  #session = "";
  #count = 0;
  /** What it did since it was opened. */
  readonly log: Log = { asked: [], problems: [] };

  private constructor(socket: WebSocket, close: () => Promise<void>) {
    this.#socket = socket;
    this.#close = close;
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
  }

  /** A browser with a profile of its own and an empty page. */
  static async open(): Promise<Page> {
    const profile = await Deno.makeTempDir();
    const child = new Deno.Command("nice", {
      args: ["-n", "5", chromium!, ...FLAGS, `--user-data-dir=${profile}`, "about:blank"],
      env: { HOME: profile },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const close = async () => {
      child.kill("SIGTERM");
      await child.status;
      await Deno.remove(profile, { recursive: true }).catch(() => {}); // a helper may still write
    };
    const address = await attempt(async () => {
      const text = await Deno.readTextFile(`${profile}/DevToolsActivePort`);
      const [port, path] = text.split("\n");
      return `ws://127.0.0.1:${port}${path}`;
    }, 60);
    const socket = new WebSocket(address);
    await new Promise((resolve) => socket.onopen = resolve);
    const page = new Page(socket, close);
    const { targetInfos } = await page.#send("Target.getTargets", {}, false) as {
      targetInfos: { type: string; targetId: string }[];
    };
    const { targetId } = targetInfos.find(({ type }) => type === "page")!;
    page.#session =
      (await page.#send("Target.attachToTarget", { targetId, flatten: true }, false) as {
        sessionId: string;
      }).sessionId;
    for (const domain of ["Page", "Runtime", "Network", "Log"]) {
      await page.#send(`${domain}.enable`);
    }
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.#close();
  }

  #send(method: string, params: object = {}, inPage = true): Promise<unknown> {
    const answer = Promise.withResolvers<never>(), id = ++this.#count;
    this.#waiting.set(id, answer);
    const session = inPage ? { sessionId: this.#session } : {};
    this.#socket.send(JSON.stringify({ id, method, params, ...session }));
    return answer.promise;
  }

  #receive({ id, method, params, result, error }: Answer): void {
    if (id !== undefined) {
      const answer = this.#waiting.get(id);
      if (error) answer?.reject(new Error(JSON.stringify(error)));
      else answer?.resolve(result!);
      return;
    }
    // deno-lint-ignore no-explicit-any -- events of several shapes
    const event = params as any;
    if (method === "Network.requestWillBeSent") {
      this.log.asked.push(event.request.url);
      this.#addresses.set(event.requestId, event.request.url);
    } else if (method === "Network.loadingFailed" && !event.canceled) {
      this.log.problems.push(`${this.#addresses.get(event.requestId)}: ${event.errorText}`);
    } else if (method === "Runtime.exceptionThrown") {
      const { exception, text } = event.exceptionDetails;
      this.log.problems.push(exception?.description ?? text);
    } else if (method === "Runtime.consoleAPICalled" && event.type === "error") {
      this.log.problems.push(event.args.map((arg: { value: unknown }) => arg.value).join(" "));
    } else if (method === "Log.entryAdded" && event.entry.level === "error") {
      this.log.problems.push(`${event.entry.text} ${event.entry.url ?? ""}`);
    }
  }

  /** Opens an address and waits until it is loaded. */
  async go(url: string): Promise<void> {
    await this.#send("Page.navigate", { url });
    await this.until("document.readyState === 'complete'");
  }

  /** Value of an expression in the page; promises are waited for. */
  async evaluate<T = unknown>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.#send("Runtime.evaluate", {
      ...{ expression, awaitPromise: true, returnByValue: true, userGesture: true },
    }) as { result: { value: T }; exceptionDetails?: { exception: { description: string } } };
    if (exceptionDetails) throw new Error(exceptionDetails.exception.description);
    return result.value;
  }

  /** Waits until an expression is true. */
  async until(expression: string, seconds = 60): Promise<void> {
    await attempt(async () => {
      if (!await this.evaluate(`Boolean(${expression})`)) throw new Error(`not so: ${expression}`);
    }, seconds);
  }

  /** Presses a key, with modifiers: 1 Alt, 2 Ctrl, 8 Shift. */
  async press(key: string, code = key, keyCode = 0, modifiers = 0): Promise<void> {
    const about = { key, code, windowsVirtualKeyCode: keyCode, modifiers };
    const text = key === "Enter" ? "\r" : key.length === 1 ? key : undefined;
    await this.#send("Input.dispatchKeyEvent", {
      type: "keyDown",
      ...about,
      ...(text ? { text } : {}),
    });
    await this.#send("Input.dispatchKeyEvent", { type: "keyUp", ...about });
  }

  /** Types text where the cursor is. */
  async type(text: string): Promise<void> {
    await this.#send("Input.insertText", { text });
  }

  /** Width and height of the window, and whether the reader prefers dark. */
  async look(width: number, height: number, scheme: "light" | "dark" = "light"): Promise<void> {
    const metrics = { width, height, deviceScaleFactor: 1, mobile: width < 500 };
    await this.#send("Emulation.setDeviceMetricsOverride", metrics);
    const features = [{ name: "prefers-color-scheme", value: scheme }];
    await this.#send("Emulation.setEmulatedMedia", { features });
  }

  /** A picture of the window, as PNG. */
  async picture(path: string): Promise<void> {
    const { data } = await this.#send("Page.captureScreenshot") as { data: string };
    await Deno.writeFile(path, Uint8Array.fromBase64(data));
  }
}

/** The result of what fails at first, tried again for so many seconds. */
async function attempt<T>(work: () => Promise<T>, seconds: number): Promise<T> {
  const end = performance.now() + 1000 * seconds;
  while (true) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
