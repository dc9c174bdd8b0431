// Runge–Kutta steps of systems side by side, each with its own time and step size: component i of lane k
// is entry `i · lanes + k`. A vector instruction serves two lanes, each with the arithmetic of one alone.

/**
 * One stage: `at = t + share h` of each lane and `out = y + h Σ c_i k_i` of each of `n` components, for
 * `lanes` lanes, an even number. The sum has 1 to 5 terms, from left to right, and one alone is `(h c) k`;
 * there is room for 5 coefficients at `c`, and the slopes lie `gap` bytes apart.
 */
export function laneStage(
  lanes: i32,
  n: i32,
  terms: i32,
  c: usize,
  share: f64,
  t: usize,
  h: usize,
  at: usize,
  y: usize,
  k: usize,
  gap: usize,
  out: usize,
): void {
  const row = <usize> lanes << 3;
  const part = f64x2.splat(share);
  const c0 = v128.load64_splat(c);
  const c1 = v128.load64_splat(c, 8);
  const c2 = v128.load64_splat(c, 16);
  const c3 = v128.load64_splat(c, 24);
  const c4 = v128.load64_splat(c, 32);
  for (let lane: usize = 0; lane < row; lane += 16) {
    const size = v128.load(h + lane);
    v128.store(at + lane, f64x2.add(v128.load(t + lane), f64x2.mul(part, size)));
    for (let i = 0, j = lane; i < n; i++, j += row) {
      let from = k + j;
      let change = v128.load(from);
      if (terms == 1) {
        change = f64x2.mul(f64x2.mul(size, c0), change);
      } else {
        change = f64x2.mul(c0, change);
        from += gap;
        change = f64x2.add(change, f64x2.mul(c1, v128.load(from)));
        if (terms > 2) {
          from += gap;
          change = f64x2.add(change, f64x2.mul(c2, v128.load(from)));
          if (terms > 3) {
            from += gap;
            change = f64x2.add(change, f64x2.mul(c3, v128.load(from)));
            if (terms > 4) {
              from += gap;
              change = f64x2.add(change, f64x2.mul(c4, v128.load(from)));
            }
          }
        }
        change = f64x2.mul(size, change);
      }
      v128.store(out + j, f64x2.add(v128.load(y + j), change));
    }
  }
}

/** `x^(−1/5)` of two numbers in 10⁻⁷ … 10⁵: four steps of Newton's from a first guess in the exponent. */
// @ts-ignore: decorator of AssemblyScript
@inline
function inverseFifthRoot(x: v128): v128 {
  const high = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(x, x, 1, 3, 1, 3));
  const guess = f64x2.sub(f64x2.splat(1287170000), f64x2.mul(f64x2.splat(0.2), high));
  const words = i32x4.trunc_sat_f64x2_s_zero(guess);
  let y = v128.shuffle<i32>(words, i32x4.splat(0), 4, 0, 4, 1);
  for (let i = 0; i < 4; i++) {
    const square = f64x2.mul(y, y);
    const off = f64x2.mul(f64x2.mul(x, y), f64x2.mul(square, square));
    y = f64x2.mul(y, f64x2.sub(f64x2.splat(1.2), f64x2.mul(f64x2.splat(0.2), off)));
  }
  return y;
}

/**
 * Errors of a step from `y` to `next` relative to the tolerances (root mean square over the components;
 * NaN where a new state is not finite), and their inverse fifth roots, those of errors held within
 * 10⁻⁷ … 10⁵. Six slopes and coefficients, as in `laneStage`.
 */
export function laneErrors(
  lanes: i32,
  n: i32,
  c: usize,
  rtol: f64,
  atol: usize,
  h: usize,
  y: usize,
  next: usize,
  k: usize,
  gap: usize,
  errors: usize,
  roots: usize,
): void {
  const row = <usize> lanes << 3;
  const relative = f64x2.splat(rtol);
  const least = f64x2.splat(5e-324);
  const c0 = v128.load64_splat(c);
  const c1 = v128.load64_splat(c, 8);
  const c2 = v128.load64_splat(c, 16);
  const c3 = v128.load64_splat(c, 24);
  const c4 = v128.load64_splat(c, 32);
  const c5 = v128.load64_splat(c, 40);
  for (let lane: usize = 0; lane < row; lane += 16) {
    const size = v128.load(h + lane);
    let squares = f64x2.splat(0);
    for (let i = 0, j = lane; i < n; i++, j += row) {
      const z = v128.load(next + j);
      const scale = f64x2.add(
        v128.load64_splat(atol + (<usize> i << 3)),
        f64x2.mul(relative, f64x2.max(f64x2.abs(v128.load(y + j)), f64x2.abs(z))),
      );
      let from = k + j;
      let sum = f64x2.mul(c0, v128.load(from));
      from += gap;
      sum = f64x2.add(sum, f64x2.mul(c1, v128.load(from)));
      from += gap;
      sum = f64x2.add(sum, f64x2.mul(c2, v128.load(from)));
      from += gap;
      sum = f64x2.add(sum, f64x2.mul(c3, v128.load(from)));
      from += gap;
      sum = f64x2.add(sum, f64x2.mul(c4, v128.load(from)));
      from += gap;
      sum = f64x2.add(sum, f64x2.mul(c5, v128.load(from)));
      const off = f64x2.div(f64x2.mul(size, sum), f64x2.max(scale, least));
      squares = f64x2.add(squares, f64x2.add(f64x2.mul(off, off), f64x2.sub(z, z)));
    }
    v128.store(errors + lane, f64x2.sqrt(f64x2.div(squares, f64x2.splat(<f64> n))));
  }
  // A loop of its own, short enough for many of its long chains to run at a time.
  for (let lane: usize = 0; lane < row; lane += 16) {
    const error = v128.load(errors + lane);
    const held = f64x2.min(f64x2.max(error, f64x2.splat(1e-7)), f64x2.splat(1e5));
    v128.store(roots + lane, inverseFifthRoot(held));
  }
}

/** Takes over the step of every lane whose error is below 1: its end and the slope there. */
export function laneAdvance(
  lanes: i32,
  n: i32,
  errors: usize,
  y: usize,
  next: usize,
  slope: usize,
  nextSlope: usize,
): void {
  const row = <usize> lanes << 3;
  for (let lane: usize = 0; lane < row; lane += 16) {
    const good = f64x2.lt(v128.load(errors + lane), f64x2.splat(1));
    for (let i = 0, j = lane; i < n; i++, j += row) {
      v128.store(y + j, v128.bitselect(v128.load(next + j), v128.load(y + j), good));
      const old = v128.load(slope + j);
      v128.store(slope + j, v128.bitselect(v128.load(nextSlope + j), old, good));
    }
  }
}
