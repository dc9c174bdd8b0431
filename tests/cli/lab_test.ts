import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { notebooksIn } from "../../lib/cli/files.ts";
import { TextLineStream } from "../../lib/cli/lines.ts";
import { NOTEBOOKS, PYTHON } from "../../lib/cli/paths.ts";
import { run, start, until } from "./_tasks.ts";

const ASK = `
import json, sys, urllib.error, urllib.request
request = urllib.request.Request(sys.argv[1], headers=json.loads(sys.argv[2]))
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    with opener.open(request) as answer:
        print(json.dumps({"status": answer.status, "body": answer.read().decode()}))
except urllib.error.HTTPError as error:
    print(json.dumps({"status": error.code, "body": ""}))
`;

Deno.test("lab serves JupyterLab on this computer alone, behind its token, with the Deno kernel", async () => {
  const child = start("lab", ["--no-browser"]);
  let address: URL | undefined;
  const lines = child.stderr.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  for await (const line of lines.values({ preventCancel: true })) {
    const found = line.match(/http:\/\/\S+\/lab\/tree\/\S+\?token=\w+/);
    if (found) {
      address = new URL(found[0]);
      break;
    }
  }
  const rest = lines.pipeTo(new WritableStream());
  try {
    assert(address, "no address was printed");
    assertEquals(address.hostname, "127.0.0.1");
    assertStringIncludes(address.pathname, "/lab/tree/notebooks");
    const token = address.searchParams.get("token")!;
    assertMatch(token, /^[0-9a-f]{48}$/);
    const ask = async (path: string, headers: Record<string, string>) => {
      // These tests may not use the network themselves.
      const { stdout } = await new Deno.Command(PYTHON, {
        args: ["-c", ASK, `${address!.origin}${path}`, JSON.stringify(headers)],
      }).output();
      return JSON.parse(new TextDecoder().decode(stdout)) as { status: number; body: string };
    };
    assertEquals((await ask("/api/kernelspecs", {})).status, 403);
    const { status, body } = await ask("/api/kernelspecs", { Authorization: `token ${token}` });
    assertEquals([status, Object.keys(JSON.parse(body).kernelspecs)], [200, ["deno"]]);
    const occupied = await run("lab", ["--no-browser", "--port", address.port]);
    assertEquals(occupied.code, 1);
    assertStringIncludes(occupied.stderr, `--port must be free: ${address.port} is occupied`);
  } finally {
    child.kill("SIGTERM");
    await Promise.all([child.stdout.cancel(), rest]);
    await child.status;
  }
});

Deno.test("lab says which notebooks there are and what a port is", async () => {
  const unknown = await run("lab", ["no-such"]);
  assertEquals(unknown.code, 2);
  assertStringIncludes(
    unknown.stderr,
    `notebook must be one of ${notebooksIn(NOTEBOOKS).join(", ")}`,
  );
  const port = await run("lab", ["--port", "x"]);
  assertEquals(port.code, 2);
  assertStringIncludes(
    port.stderr,
    '--port must be an integer from 1 to 65535: current value is "x"',
  );
});

Deno.test("lab refuses an address that is not this computer's, before anything starts", async () => {
  const { code, stderr } = await run("lab", ["--no-browser", "--ip", "192.0.2.1"]);
  assertEquals(code, 1);
  const wanted =
    "--ip must be an address of this computer, or 0.0.0.0 for all: current value is 192.0.2.1";
  assertEquals(stderr.trim(), `Cannot run lab as ${wanted}`);
});

Deno.test("lab with a token of the reader's own prints the address, and --ip a warning", async () => {
  const child = start("lab", ["--no-browser", "--ip", "127.0.0.2"], { JUPYTER_TOKEN: "secret" });
  const lines = child.stderr.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  const seen: string[] = [];
  for await (const line of lines.values({ preventCancel: true })) {
    seen.push(line);
    if (/with the token of JUPYTER_TOKEN/.test(line)) break;
  }
  const rest = lines.pipeTo(new WritableStream());
  child.kill("SIGTERM");
  await Promise.all([child.stdout.cancel(), rest]);
  await child.status;
  const text = seen.join("\n");
  assertStringIncludes(text, "other computers can reach 127.0.0.2:");
  assertMatch(text, /http:\/\/127\.0\.0\.2:\d+\/lab\/tree\/notebooks, with the token/);
  assert(!text.includes("secret"));
});

Deno.test("the browser is given an address, not a file, which a browser outside of WSL cannot open", async () => {
  const folder = await Deno.makeTempDir(), opened = `${folder}/opened`;
  await Deno.writeTextFile(`${folder}/browser`, `#!/bin/sh\necho "$1" > ${opened}\n`, {
    mode: 0o755,
  });
  const child = start("lab", [], { BROWSER: `${folder}/browser` });
  const drained = [child.stdout.cancel(), child.stderr.pipeTo(new WritableStream())];
  const read = () => {
    try {
      return Deno.readTextFileSync(opened).trim();
    } catch {
      return "";
    }
  };
  const seen = await until(() => read() !== "", 60);
  child.kill("SIGTERM");
  await Promise.all([...drained, child.status]);
  const address = read();
  await Deno.remove(folder, { recursive: true });
  assert(seen, "no browser was started");
  assertMatch(address, /^http:\/\/127\.0\.0\.1:\d+\/lab\/tree\/notebooks\?token=\w+$/);
});
