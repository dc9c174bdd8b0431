/**
 * A headless Firefox that is told what to do by WebDriver BiDi: one WebSocket, no package.
 *
 * @module
 */
import { findProgram } from "../platform/_chromium.ts";
import type { Browser, BrowserPage } from "./_browser.ts";
import { address, connect, type Message } from "./_wire.ts";

/** Path of a Firefox that is installed here, if there is one. */
export const findFirefox = (): string | undefined => findProgram(["firefox", "firefox-esr"]);

/** Asks nobody, and takes the system for light or dark. */
const preferences = (dark: boolean) =>
  Object.entries({
    "app.update.enabled": false,
    "browser.shell.checkDefaultBrowser": false,
    "datareporting.policy.dataSubmissionEnabled": false,
    "dom.disable_beforeunload": true,
    "layout.css.prefers-color-scheme.content-override": dark ? 0 : 1,
    "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false,
    "network.dns.disablePrefetch": true,
    "remote.active-protocols": 1,
  }).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`);

const EVENTS = [
  ...["log.entryAdded", "network.beforeRequestSent", "network.responseCompleted"],
  "network.fetchError",
];

/** Starts a browser with a profile of its own. */
export async function startFirefox(
  firefox: string,
  { dark: onDark = false } = {},
): Promise<Browser> {
  const profile = await Deno.makeTempDir();
  await Deno.writeTextFile(`${profile}/user.js`, preferences(onDark).join(""));
  const child = new Deno.Command(firefox, {
    args: ["--headless", "--no-remote", "--remote-debugging-port=0", "--profile", profile],
    env: { HOME: profile },
    ...{ stdin: "null", stdout: "null", stderr: "null" },
  }).spawn();
  const pages = new Map<string, (method: string, params: Message) => void>();
  const { send } = await connect(
    await address(async () => {
      const file = await Deno.readTextFile(`${profile}/WebDriverBiDiServer.json`);
      return `ws://127.0.0.1:${JSON.parse(file).ws_port}/session`;
    }),
    ({ method, params }) => pages.get(params.context ?? params.source?.context)?.(method, params),
  );
  await send("session.new", { capabilities: {} });
  await send("session.subscribe", { events: EVENTS });
  return {
    async page() {
      const { context } = await send("browsingContext.create", { type: "tab" });
      const complaints: string[] = [], requests: string[] = [];
      pages.set(context, (method, params) => {
        if (method === "network.beforeRequestSent") requests.push(params.request.url);
        complaints.push(...complaintOf(method, params));
      });
      const go = (url: string) =>
        send("browsingContext.navigate", { context, url, wait: "complete" });
      return {
        complaints,
        requests,
        send: (method: string) => {
          throw new Error(`${method} is a command of another protocol`);
        },
        async evaluate<T>(expression: string): Promise<T> {
          const { result, exceptionDetails } = await send("script.evaluate", {
            // As text, since values of the protocol's own have another shape.
            expression: `(async () => JSON.stringify([await (${expression})]))()`,
            ...{ target: { context }, awaitPromise: true, resultOwnership: "none" },
          });
          if (exceptionDetails) throw new Error(exceptionDetails.text);
          return JSON.parse(result.value)[0];
        },
        async open(url) {
          await go("about:blank");
          complaints.length = requests.length = 0;
          await go(url);
        },
        async look(width, { dark = false, height = 900 } = {}) {
          if (dark !== onDark) throw new Error("this system was started the other way");
          await send("browsingContext.setViewport", { context, viewport: { width, height } });
        },
        async picture() {
          const { data } = await send("browsingContext.captureScreenshot", { context });
          return Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
        },
        close: async () => void await send("browsingContext.close", { context }),
      } satisfies BrowserPage;
    },
    async [Symbol.asyncDispose]() {
      await send("browser.close").catch(() => {});
      await child.status;
      await Deno.remove(profile, { recursive: true }).catch(() => {}); // a helper may still write
    },
  };
}

/** What an event complains about. */
function complaintOf(method: string, params: Message): string[] {
  if (method === "network.fetchError") {
    // A request that another page has ended is nobody's fault.
    return params.errorText === "NS_BINDING_ABORTED"
      ? []
      : [`${params.errorText}: ${params.request.url}`];
  }
  if (method === "network.responseCompleted" && params.response.status >= 400) {
    return [`${params.response.status}: ${params.response.url}`];
  }
  if (method !== "log.entryAdded" || !["error", "warn"].includes(params.level)) return [];
  // Said of formulas that have come by half, too; all of them are looked at by another test.
  if (params.text.startsWith("Invalid markup: Incorrect number of children")) return [];
  return [(params.level === "warn" ? "warning: " : "") + params.text];
}
