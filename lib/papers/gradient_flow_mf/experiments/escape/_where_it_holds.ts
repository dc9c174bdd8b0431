/** What theory says, or null where its assumptions fail: formulas refuse with a RangeError that names them. */
export function whereItHolds<T>(predict: () => T): T | null {
  try {
    return predict();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
