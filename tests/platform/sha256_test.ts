import { createHash } from "node:crypto";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { sha256 } from "lora-dynamics/platform/mod.ts";

Deno.test("sha256() gives the digests of FIPS 180-4", () => {
  assertEquals(sha256(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  assertEquals(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assertEquals(
    sha256("a".repeat(1e6)),
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
  );
});

Deno.test("sha256() of parts is that of the whole, as the system's library has it", () => {
  const part = fc.oneof(fc.string({ unit: "grapheme" }), fc.uint8Array({ maxLength: 200 }));
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const hash = createHash("sha256");
      for (const one of parts) hash.update(one);
      assertEquals(sha256(...parts), hash.digest("hex"));
    }),
    { seed: 7 },
  );
});
