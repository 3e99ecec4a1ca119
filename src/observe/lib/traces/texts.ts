/** Texts by number: what is said again and again is kept once. */

/** -1 stands for none. */
export class Texts {
  readonly #numbers = new Map<string, number>();
  readonly #all: string[] = [];

  numberOf(text: string | null): number {
    if (text === null) return -1;
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const kept = flat(text);
    this.#numbers.set(kept, this.#all.length);
    this.#all.push(kept);
    return this.#all.length - 1;
  }

  at(number: number): string | null {
    return number < 0 ? null : (this.#all[number] as string);
  }
}

/** A copy of its own: a text cut out of a line would keep the whole line in memory. */
const flat = (text: string): string => ` ${text}`.slice(1);
