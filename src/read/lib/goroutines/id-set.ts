/** Goroutine ids seen in one dump: bits in pages, for they are dense and may be a million; small pages, for a hostile text scatters them. */
const PAGE = 2048;

export class IdSet {
  readonly #pages = new Map<number, Uint32Array>();
  #last: Uint32Array = new Uint32Array(0);
  #lastPage = -1;

  has(id: number): boolean {
    const page = this.#page(id);
    return page !== undefined && (page[(id % PAGE) >> 5]! & (1 << (id & 31))) !== 0;
  }

  add(id: number): void {
    const number = Math.floor(id / PAGE);
    let page = this.#page(id);
    if (page === undefined) {
      page = new Uint32Array(PAGE >> 5);
      this.#pages.set(number, page);
      this.#last = page;
      this.#lastPage = number;
    }
    page[(id % PAGE) >> 5]! |= 1 << (id & 31);
  }

  clear(): void {
    this.#pages.clear();
    this.#lastPage = -1;
  }

  #page(id: number): Uint32Array | undefined {
    const number = Math.floor(id / PAGE);
    if (number === this.#lastPage) return this.#last;
    const page = this.#pages.get(number);
    if (page !== undefined) {
      this.#last = page;
      this.#lastPage = number;
    }
    return page;
  }
}
