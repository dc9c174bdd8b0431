/** The claims of the paper, room by room. */
import { claimRooms } from "../../_claims.ts";

export const { testRoom, testRooms } = claimRooms("convergence_rate");
