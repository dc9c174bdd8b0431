/**
 * A headless Chromium that is told what to do over its debugging port: one WebSocket, no package.
 *
 * @module
 */
import { findChromium } from "../platform/_chromium.ts";
import { address, connect, type Message } from "./_wire.ts";

export { findChromium };

const FLAGS = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
  ...[
    "--remote-debugging-port=0",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
  ],
];

/** A page of the browser and what it has complained about. */
export interface BrowserPage {
  /** Errors on the console, exceptions, requests that failed. */
  readonly complaints: string[];
  /** Addresses of all requests. */
  readonly requests: string[];
  /** Sends a command of the protocol. */
  send(method: string, params?: Message): Promise<Message>;
  /** Goes to an address and waits until everything is loaded. */
  open(url: string): Promise<void>;
  /** Value of an expression in the page, awaited. */
  evaluate<T>(expression: string): Promise<T>;
  /** Width of the window, and whether the system is dark. */
  look(
    width: number,
    options?: { dark?: boolean; height?: number; print?: boolean },
  ): Promise<void>;
  /** A picture of the window, or of the whole page, as PNG. */
  picture(whole?: boolean): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** A running browser. */
export interface Browser extends AsyncDisposable {
  page(options?: { scripts?: boolean }): Promise<BrowserPage>;
}

/** Starts a browser with a profile of its own. */
export async function startBrowser(chromium: string): Promise<Browser> {
  const profile = await Deno.makeTempDir();
  const child = new Deno.Command(chromium, {
    args: [...FLAGS, `--user-data-dir=${profile}`, "about:blank"],
    env: { HOME: profile },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const listeners = new Map<string, (method: string, params: Message) => void>();
  const { send, closed } = await connect(
    await address(async () => {
      const [port, path] = (await Deno.readTextFile(`${profile}/DevToolsActivePort`)).split("\n");
      return path && `ws://127.0.0.1:${port}${path}`;
    }),
    ({ sessionId, method, params }) => listeners.get(sessionId)?.(method, params),
  );
  return {
    async page({ scripts = true } = {}) {
      const { targetId } = await send("Target.createTarget", { url: "about:blank" });
      const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
      const own = (method: string, params?: Message) => send(method, params, { sessionId });
      const page = watch(own, (listener) => listeners.set(sessionId, listener));
      for (const domain of ["Page", "Runtime", "Network", "Log"]) await own(`${domain}.enable`);
      // A tab that lies behind another one draws nothing, and what waits for a frame waits for ever.
      await own("Page.bringToFront");
      await own("Emulation.setFocusEmulationEnabled", { enabled: true });
      if (!scripts) await own("Emulation.setScriptExecutionDisabled", { value: true });
      return { ...page, close: async () => void await send("Target.closeTarget", { targetId }) };
    },
    async [Symbol.asyncDispose]() {
      await send("Browser.close").catch(() => {});
      await closed;
      await child.status;
      await Deno.remove(profile, { recursive: true }).catch(() => {}); // a helper may still write
    },
  };
}

type Send = BrowserPage["send"];

function watch(
  send: Send,
  listen: (listener: (method: string, params: Message) => void) => void,
): Omit<BrowserPage, "close"> {
  const complaints: string[] = [], requests: string[] = [];
  let loaded = Promise.withResolvers<void>();
  listen((method, params) => {
    if (method === "Page.loadEventFired") loaded.resolve();
    // A page that asks whether its changes may be lost: they may.
    if (method === "Page.javascriptDialogOpening") {
      send("Page.handleJavaScriptDialog", { accept: true });
    }
    if (method === "Network.requestWillBeSent") requests.push(params.request.url);
    if (method === "Network.loadingFailed" && !params.canceled) {
      complaints.push(`${params.type}: ${params.errorText}`);
    }
    if (method === "Network.responseReceived" && params.response.status >= 400) {
      complaints.push(`${params.response.status}: ${params.response.url}`);
    }
    if (method === "Runtime.exceptionThrown") {
      const { text, exception } = params.exceptionDetails;
      complaints.push(`${text} ${exception?.description ?? ""}`);
    }
    const mark = (level: string) => level === "warning" ? "warning: " : "";
    if (method === "Runtime.consoleAPICalled" && ["error", "warning"].includes(params.type)) {
      const words = params.args.map((arg: Message) => arg.value ?? arg.description).join(" ");
      complaints.push(mark(params.type) + words);
    }
    if (method === "Log.entryAdded" && ["error", "warning"].includes(params.entry.level)) {
      const { level, text, url = "" } = params.entry;
      complaints.push(`${mark(level)}${text} ${url}`);
    }
  });
  const evaluate = async <T>(expression: string): Promise<T> => {
    const { result, exceptionDetails } = await send("Runtime.evaluate", {
      ...{ expression, awaitPromise: true, returnByValue: true },
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? "failed");
    return result.value;
  };
  const go = async (url: string) => {
    loaded = Promise.withResolvers();
    const { errorText } = await send("Page.navigate", { url });
    if (errorText) throw new Error(`${url}: ${errorText}`);
    await loaded.promise;
  };
  return {
    complaints,
    requests,
    send,
    evaluate,
    async open(url) {
      await go("about:blank"); // what the page before still asks for is not this one's
      complaints.length = requests.length = 0;
      await go(url);
    },
    async look(width, { dark = false, height = 900, print = false } = {}) {
      await send("Emulation.setDeviceMetricsOverride", {
        ...{ width, height, deviceScaleFactor: 1, mobile: width < 600 },
      });
      await send("Emulation.setEmulatedMedia", {
        media: print ? "print" : "",
        features: [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }],
      });
    },
    async picture(whole = false) {
      const { data } = await send("Page.captureScreenshot", { captureBeyondViewport: whole });
      return Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    },
  };
}
