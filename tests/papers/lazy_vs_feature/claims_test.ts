import { claims } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
import { testClaims } from "../_claims.ts";

const ids = Array.from({ length: 46 }, (_, i) => `C${i + 1}`).filter((id) => id !== "C41");
testClaims("lazy-vs-feature", claims, ids);
