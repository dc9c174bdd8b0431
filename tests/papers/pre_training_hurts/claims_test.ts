import { claims } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import { testClaims } from "../_claims.ts";

testClaims("pre-training-hurts", claims, Array.from({ length: 28 }, (_, i) => `C${i + 1}`));
