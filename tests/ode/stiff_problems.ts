/** Stiff reference problems in tests/golden/ode_stiff.json, with their Jacobians. */
import type { Jacobian, Rhs } from "lora-dynamics/ode/mod.ts";

const MU = 1000;

export const stiff: Record<string, { f: Rhs; jacobian: Jacobian }> = {
  "Robertson": {
    f: (_t, y, dy) => {
      const slow = 0.04 * y[0], middle = 1e4 * y[1] * y[2], fast = 3e7 * y[1] * y[1];
      dy[0] = middle - slow;
      dy[1] = slow - middle - fast;
      dy[2] = fast;
    },
    jacobian: (_t, y, J) => {
      J[0] = -0.04;
      J[1] = 1e4 * y[2];
      J[2] = 1e4 * y[1];
      J[3] = 0.04;
      J[4] = -1e4 * y[2] - 6e7 * y[1];
      J[5] = -1e4 * y[1];
      J[7] = 6e7 * y[1];
    },
  },
  "van der Pol mu=1000": {
    f: (_t, y, dy) => {
      dy[0] = y[1];
      dy[1] = MU * (1 - y[0] * y[0]) * y[1] - y[0];
    },
    jacobian: (_t, y, J) => {
      J[1] = 1;
      J[2] = -2 * MU * y[0] * y[1] - 1;
      J[3] = MU * (1 - y[0] * y[0]);
    },
  },
  "HIRES": {
    f: (_t, y, dy) => {
      const bind = 280 * y[5] * y[7];
      dy[0] = -1.71 * y[0] + 0.43 * y[1] + 8.32 * y[2] + 0.0007;
      dy[1] = 1.71 * y[0] - 8.75 * y[1];
      dy[2] = -10.03 * y[2] + 0.43 * y[3] + 0.035 * y[4];
      dy[3] = 8.32 * y[1] + 1.71 * y[2] - 1.12 * y[3];
      dy[4] = -1.745 * y[4] + 0.43 * y[5] + 0.43 * y[6];
      dy[5] = -bind + 0.69 * y[3] + 1.71 * y[4] - 0.43 * y[5] + 0.69 * y[6];
      dy[6] = bind - 1.81 * y[6];
      dy[7] = -dy[6];
    },
    jacobian: (_t, y, J) => {
      const a = 280 * y[7], b = 280 * y[5];
      const rows = [
        [-1.71, 0.43, 8.32, 0, 0, 0, 0, 0],
        [1.71, -8.75, 0, 0, 0, 0, 0, 0],
        [0, 0, -10.03, 0.43, 0.035, 0, 0, 0],
        [0, 8.32, 1.71, -1.12, 0, 0, 0, 0],
        [0, 0, 0, 0, -1.745, 0.43, 0.43, 0],
        [0, 0, 0, 0.69, 1.71, -0.43 - a, 0.69, -b],
        [0, 0, 0, 0, 0, a, -1.81, b],
        [0, 0, 0, 0, 0, -a, 1.81, -b],
      ];
      rows.forEach((row, i) => J.set(row, 8 * i));
    },
  },
};
