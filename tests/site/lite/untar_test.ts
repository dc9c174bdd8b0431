import { assertEquals, assertThrows } from "@std/assert";
import { untar } from "../../../lib/site/lite/untar.ts";

/** The archive that the system's tar makes of files. */
async function archive(files: Record<string, string>): Promise<Uint8Array> {
  const folder = await Deno.makeTempDir();
  for (const [path, content] of Object.entries(files)) {
    await Deno.mkdir(`${folder}/${path}`.replace(/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${folder}/${path}`, content);
  }
  const args = ["-cf", "-", "--format=ustar", "-C", folder, "."];
  const { stdout } = await new Deno.Command("tar", { args }).output();
  await Deno.remove(folder, { recursive: true });
  return stdout;
}

Deno.test("files come out of an archive with their paths and contents, long ones too", async () => {
  const long = `${"folder/".repeat(18)}file`;
  const files = { "a/b.txt": "λ", "empty": "", [long]: "x".repeat(1500) };
  const found = untar(await archive(files));
  const texts = found.map(({ path, bytes }) =>
    [path.replace(/^\.\//, ""), new TextDecoder().decode(bytes)] as [string, string]
  );
  assertEquals(Object.fromEntries(texts), files);
});

Deno.test("an archive that was cut off is an error that names the file", async () => {
  const whole = await archive({ "a": "x".repeat(2000) });
  assertThrows(() => untar(whole.subarray(0, 1600)), TypeError, "must be a whole file or a folder");
});
