/** The part of the npm package `seedrandom`, which has no types, that `seed.ts` uses. */
export default function seedrandom(seed: string): { int32(): number };
