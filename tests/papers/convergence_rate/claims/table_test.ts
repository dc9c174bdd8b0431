import { claims } from "lora-dynamics/papers/convergence_rate/mod.ts";
import { testTable } from "../../_claims.ts";
import { testRooms } from "./_room.ts";

testTable("convergence-rate", claims, Array.from({ length: 45 }, (_, i) => `C${i + 1}`));
testRooms(claims, new URL(".", import.meta.url));
