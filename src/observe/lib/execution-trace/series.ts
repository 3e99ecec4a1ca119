/** Values over time in fixed memory: when there are too many points, two neighbours become one, with the greater value. */
const MOST_POINTS = 1024;

export class Series {
  count = 0;
  least = 0;
  most = 0;
  last = 0;
  readonly #time = new Float64Array(MOST_POINTS);
  readonly #value = new Float64Array(MOST_POINTS);
  #points = 0;
  /** How many values one point stands for, and how many the last one holds so far. */
  #each = 1;
  #held = 0;

  add(time: number, value: number): void {
    if (this.count++ === 0 || value < this.least) this.least = value;
    if (value > this.most) this.most = value;
    this.last = value;
    if (this.#points > 0 && this.#held < this.#each) {
      const at = this.#points - 1;
      if (value > (this.#value[at] as number)) {
        this.#value[at] = value;
        this.#time[at] = time;
      }
      this.#held++;
      return;
    }
    if (this.#points === MOST_POINTS) this.#halve();
    this.#time[this.#points] = time;
    this.#value[this.#points] = value;
    this.#points++;
    this.#held = 1;
  }

  points(): { time: number; value: number }[] {
    return Array.from({ length: this.#points }, (_, i) => ({ time: this.#time[i] as number, value: this.#value[i] as number }));
  }

  #halve(): void {
    for (let i = 0; i < MOST_POINTS / 2; i++) {
      const from = (this.#value[2 * i] as number) >= (this.#value[2 * i + 1] as number) ? 2 * i : 2 * i + 1;
      this.#time[i] = this.#time[from] as number;
      this.#value[i] = this.#value[from] as number;
    }
    this.#points = MOST_POINTS / 2;
    this.#each *= 2;
  }
}
