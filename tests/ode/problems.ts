/** Right-hand sides of the reference problems in tests/golden/ode.json. */
import type { Rhs } from "lora-dynamics/ode/mod.ts";

const MU = 0.012277471;

/** Two bodies. */
const orbit: Rhs = (_t, y, dy) => {
  const r = (y[0] ** 2 + y[1] ** 2) ** 1.5;
  dy[0] = y[2];
  dy[1] = y[3];
  dy[2] = -y[0] / r;
  dy[3] = -y[1] / r;
};

/** Diffusion along a chain. */
const diffusion: Rhs = (_t, y, dy) => {
  const n = y.length;
  for (let i = 0; i < n; i++) {
    dy[i] = (i > 0 ? y[i - 1] : 0) - 2 * y[i] + (i + 1 < n ? y[i + 1] : 0);
  }
};

export const problems: Record<string, Rhs> = {
  "Arenstorf": (_t, y, dy) => {
    const [x, z, u, v] = y;
    const m = 1 - MU;
    const d1 = ((x + MU) ** 2 + z ** 2) ** 1.5;
    const d2 = ((x - m) ** 2 + z ** 2) ** 1.5;
    dy[0] = u;
    dy[1] = v;
    dy[2] = x + 2 * v - m * (x + MU) / d1 - MU * (x - m) / d2;
    dy[3] = z - 2 * u - m * z / d1 - MU * z / d2;
  },
  "Lotka-Volterra": (_t, y, dy) => {
    dy[0] = y[0] * (1 - y[1]);
    dy[1] = y[1] * (y[0] - 1);
  },
  "van der Pol mu=1": (_t, y, dy) => {
    dy[0] = y[1];
    dy[1] = (1 - y[0] ** 2) * y[1] - y[0];
  },
  "Hull A3": (t, y, dy) => {
    dy[0] = y[0] * Math.cos(t);
  },
  "Hull B1": (_t, y, dy) => {
    dy[0] = 2 * (y[0] - y[0] * y[1]);
    dy[1] = -(y[1] - y[0] * y[1]);
  },
  "Hull B5": (_t, y, dy) => {
    dy[0] = y[1] * y[2];
    dy[1] = -y[0] * y[2];
    dy[2] = -0.51 * y[0] * y[1];
  },
  "Hull C1": (_t, y, dy) => {
    dy[0] = -y[0];
    for (let i = 1; i < 9; i++) dy[i] = y[i - 1] - y[i];
    dy[9] = y[8];
  },
  "Hull A1": (_t, y, dy) => {
    dy[0] = -y[0];
  },
  "Hull A2": (_t, y, dy) => {
    dy[0] = -(y[0] ** 3) / 2;
  },
  "Hull A4": (_t, y, dy) => {
    dy[0] = y[0] / 4 * (1 - y[0] / 20);
  },
  "Hull A5": (t, y, dy) => {
    dy[0] = (y[0] - t) / (y[0] + t);
  },
  "Hull B2": (_t, y, dy) => {
    dy[0] = y[1] - y[0];
    dy[1] = y[0] - 2 * y[1] + y[2];
    dy[2] = y[1] - y[2];
  },
  "Hull B3": (_t, y, dy) => {
    dy[0] = -y[0];
    dy[1] = y[0] - y[1] ** 2;
    dy[2] = y[1] ** 2;
  },
  "Hull B4": (_t, y, dy) => {
    const q = Math.hypot(y[0], y[1]);
    dy[0] = -y[1] - y[0] * y[2] / q;
    dy[1] = y[0] - y[1] * y[2] / q;
    dy[2] = y[0] / q;
  },
  "Hull C2": (_t, y, dy) => {
    dy[0] = -y[0];
    for (let i = 1; i < 9; i++) dy[i] = i * y[i - 1] - (i + 1) * y[i];
    dy[9] = 9 * y[8];
  },
  "Hull C3": diffusion,
  "Hull C4": diffusion,
  "Hull D1": orbit,
  "Hull D2": orbit,
  "Hull D3": orbit,
  "Hull D4": orbit,
  "Hull D5": orbit,
  "Hull E1": (t, y, dy) => {
    dy[0] = y[1];
    dy[1] = -(y[1] / (t + 1) + (1 - 0.25 / (t + 1) ** 2) * y[0]);
  },
  "Hull E2": (_t, y, dy) => {
    dy[0] = y[1];
    dy[1] = (1 - y[0] ** 2) * y[1] - y[0];
  },
  "Hull E3": (t, y, dy) => {
    dy[0] = y[1];
    dy[1] = y[0] ** 3 / 6 - y[0] + 2 * Math.sin(2.78535 * t);
  },
  "Hull E4": (_t, y, dy) => {
    dy[0] = y[1];
    dy[1] = 0.032 - 0.4 * y[1] ** 2;
  },
  "Hull E5": (t, y, dy) => {
    dy[0] = y[1];
    dy[1] = Math.sqrt(1 + y[1] ** 2) / (25 - t);
  },
};
