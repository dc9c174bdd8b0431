import { claims } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
import { testClaims } from "../_claims.ts";

testClaims("lazy-vs-feature", claims, Array.from({ length: 45 }, (_, i) => `C${i + 1}`));
