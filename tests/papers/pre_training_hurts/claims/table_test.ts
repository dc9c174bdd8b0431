import { claims } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import { testTable } from "../../_claims.ts";
import { testRooms } from "./_room.ts";

testTable(
  "pre-training-hurts",
  claims,
  Array.from({ length: 56 }, (_, i) => `C${i + 1}`).filter((id) =>
    !["C41", "C42", "C48", "C49", "C50"].includes(id)
  ),
);
testRooms(claims, new URL(".", import.meta.url));
