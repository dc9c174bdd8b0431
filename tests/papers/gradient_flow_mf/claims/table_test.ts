import { claims } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { testTable } from "../../_claims.ts";
import { testRooms } from "./_room.ts";

const paper = Array.from({ length: 19 }, (_, i) => `P${i + 1}`);

testTable("gradient-flow-mf", claims, [
  ...paper,
  ...["C1", "C2", "C3a", "C3b", "C4", "C5", "C5b", "C6", "C6b", "C6c", "C7", "C7b", "C7c"],
  ...["C8", "C8b", "C9", "C10", "C10b", "C10c", "C11", "C12", "C13", "C14", "C15", "C16"],
  ...["C17", "C17b", "C18", "C18b", "C19", "C20", "C21", "C22", "C23", "C24", "C25", "C26"],
  ...Array.from({ length: 14 }, (_, i) => `C${27 + i}`),
]);

testRooms(claims, new URL(".", import.meta.url));
