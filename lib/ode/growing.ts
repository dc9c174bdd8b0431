/** A flat array of numbers that grows by doubling. */
export class Growing {
  #data: Float64Array = new Float64Array();
  length = 0;

  #reserve(length: number): void {
    if (length <= this.#data.length) return;
    const larger = new Float64Array(Math.max(length, 2 * this.#data.length));
    larger.set(this.#data.subarray(0, this.length));
    this.#data = larger;
  }

  push(value: number): void {
    this.#reserve(this.length + 1);
    this.#data[this.length++] = value;
  }

  append(values: Float64Array): void {
    const start = this.length;
    const n = values.length;
    this.#reserve(start + n);
    const data = this.#data;
    for (let i = 0; i < n; i++) data[start + i] = values[i];
    this.length = start + n;
  }

  /** The stored numbers; valid until the next push. */
  view(start = 0, end: number = this.length): Float64Array {
    return this.#data.subarray(start, end);
  }

  at(i: number): number {
    return this.#data[i];
  }
}
