import { claims } from "lora-dynamics/papers/lora_one/mod.ts";
import { testClaims } from "../_claims.ts";

testClaims("lora-one", claims, Array.from({ length: 37 }, (_, i) => `C${i + 1}`));
