/**
 * Folders behind a local address, as a server of many projects has them: below the root.
 *
 * @module
 */

/** Where the site lies on the server. */
export const BASE = "/some/place/";

const TYPES: Record<string, string> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript",
  css: "text/css",
  json: "application/json",
  ipynb: "application/json",
  svg: "image/svg+xml",
  wasm: "application/wasm",
};

/** A server of a folder. */
export interface Served extends AsyncDisposable {
  /** Address of the folder. */
  readonly url: string;
  /** Paths that were asked for outside of it. */
  readonly outside: readonly string[];
  /** Bytes sent, compressed, by path. */
  readonly sent: ReadonlyMap<string, number>;
}

async function compressed(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Serves `folder`. */
export function serve(folder: string): Served {
  const outside: string[] = [], sent = new Map<string, number>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const path = decodeURIComponent(new URL(request.url).pathname);
    if (path !== "/favicon.ico" && !path.startsWith(BASE)) outside.push(path);
    const file = path.slice(BASE.length).replace(/(^|\/)$/, "$1index.html");
    const type = TYPES[file.split(".").at(-1)!] ?? "application/octet-stream";
    try {
      const bytes = await Deno.readFile(`${folder}/${file}`);
      const body = await compressed(bytes);
      sent.set(file, body.length);
      const encoding = { "content-encoding": "gzip", "cache-control": "max-age=600" };
      return new Response(body.slice(), { headers: { "content-type": type, ...encoding } });
    } catch {
      return new Response("not there", { status: 404 });
    }
  });
  return {
    ...{ url: `http://127.0.0.1:${server.addr.port}${BASE}`, outside, sent },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
