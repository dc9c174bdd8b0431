/** The claims of one room of the paper: each has a test file of its own, so that they run side by side. */
import type { Claim } from "lora-dynamics/experiment/mod.ts";
import { testChecks } from "../../_claims.ts";

const CLAIMS = new URL("../../../../lib/papers/gradient_flow_mf/claims/", import.meta.url);

/** Folders of claims. */
export const ROOMS: readonly string[] = Array.from(Deno.readDirSync(CLAIMS))
  .filter(({ isDirectory }) => isDirectory).map(({ name }) => name).sort();

/** All claims that the files of a room export. */
export async function claimsOf(room: string): Promise<Claim[]> {
  const folder = new URL(`${room}/`, CLAIMS), claims: Claim[] = [];
  for (const { name } of [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    for (const found of Object.values(await import(new URL(name, folder).href))) {
      if (Array.isArray(found)) claims.push(...found);
    }
  }
  return claims;
}

/** Registers the tests of the claims of a room. */
export async function testRoom(room: string): Promise<void> {
  testChecks(await claimsOf(room));
}
