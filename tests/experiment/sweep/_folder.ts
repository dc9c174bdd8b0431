/** Runs a test in a folder of its own. */
export async function inFolder(test: (folder: string) => unknown): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes files below a folder: path → text. */
export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    Deno.mkdirSync(new URL(`file://${folder}/${path}/..`), { recursive: true });
    Deno.writeTextFileSync(`${folder}/${path}`, text);
  }
}
