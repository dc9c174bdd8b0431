import { claims } from "lora-dynamics/papers/convergence_rate/mod.ts";
import { testClaims } from "../_claims.ts";

testClaims("convergence-rate", claims, Array.from({ length: 35 }, (_, i) => `C${i + 1}`));
