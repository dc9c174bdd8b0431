// The generator xoshiro256++ 1.0 of Blackman and Vigna, and its uniforms.
// Source: D. Blackman, S. Vigna, Scrambled linear pseudorandom number generators,
// ACM Trans. Math. Softw. 47 (2021) 36.

/** Address of the state: four 64-bit words. The caller writes it before a fill, reads it after. */
export const state: usize = memory.data(32, 16);

/** Length of the block that the fills write. */
export const blockLength: i32 = 2048;

/** Address of the block that the fills write: `blockLength` numbers of 64 bits. */
export const block: usize = memory.data(16384, 16);

/** One step on the state in memory; the fills keep the state in locals instead. */
export function next(): u64 {
  const s0 = load<u64>(state);
  const s1 = load<u64>(state, 8);
  const s2 = load<u64>(state, 16) ^ s0;
  const s3 = load<u64>(state, 24);
  const output = rotl<u64>(s0 + s3, 23) + s0;
  const turned = s3 ^ s1;
  store<u64>(state, s0 ^ turned);
  store<u64>(state, s1 ^ s2, 8);
  store<u64>(state, s2 ^ (s1 << 17), 16);
  store<u64>(state, rotl<u64>(turned, 45), 24);
  return output;
}

/**
 * 52 random bits as the midpoint of one of 2^52 equal cells of (0, 1): symmetric about 1/2, never 0
 * and never 1. With 53 bits the last midpoint would round to 1.
 */
// @ts-ignore: decorator of AssemblyScript
@inline
export function unit(bits: u64): f64 {
  return (<f64> (<i64> (bits >>> 12)) + 0.5) * 2.220446049250313e-16;
}

/** Traps unless `n` numbers have room in the block: what lies behind it are tables. */
export function checkBlock(n: i32): void {
  if (n < 0 || n > blockLength) unreachable();
}

/**
 * Writes `n` uniforms in (0, 1) into the block. The step is written out here and in `fillNormal`,
 * with the state in locals: through memory a uniform takes half as long again.
 */
export function fillUniform(n: i32): void {
  checkBlock(n);
  let s0 = load<u64>(state);
  let s1 = load<u64>(state, 8);
  let s2 = load<u64>(state, 16);
  let s3 = load<u64>(state, 24);
  for (let to = block, end = block + (<usize> n << 3); to < end; to += 8) {
    store<f64>(to, unit(rotl<u64>(s0 + s3, 23) + s0));
    const shifted = s1 << 17;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = rotl<u64>(s3, 45);
  }
  store<u64>(state, s0);
  store<u64>(state, s1, 8);
  store<u64>(state, s2, 16);
  store<u64>(state, s3, 24);
}

/** Adds (xor) to the four words at `sum` the state at each of 64 steps whose bit is set. */
function accumulate(sum: usize, bits: u64): void {
  for (let i = 0; i < 64; i++) {
    if (bits & 1) {
      for (let word: usize = 0; word < 32; word += 8) {
        store<u64>(sum + word, load<u64>(sum + word) ^ load<u64>(state + word));
      }
    }
    bits >>>= 1;
    next();
  }
}

/** Address of the state that `jump` sums up. */
const jumped: usize = memory.data(32, 16);

/**
 * Moves the state forward by 2^128 steps: the polynomial x^(2^128) modulo the characteristic
 * polynomial of the step, applied to the state. A test recomputes its four words.
 */
export function jump(): void {
  memory.fill(jumped, 0, 32);
  accumulate(jumped, 0x180ec6d33cfd0aba);
  accumulate(jumped, 0xd5a61266f0c9392c);
  accumulate(jumped, 0xa9582618e03fc9aa);
  accumulate(jumped, 0x39abdc4529b1661c);
  memory.copy(state, jumped, 32);
}
