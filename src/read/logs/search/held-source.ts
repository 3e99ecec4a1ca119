/** A source of which a stretch lies in a buffer: what surrounds a candidate is asked for right after it was searched, and need not be read again. */
import type { ByteSource } from '../../../model/index.ts';

export class HeldSource implements ByteSource {
  readonly #source: ByteSource;
  #buffer: (() => Uint8Array) | null = null;
  #from = 0;
  #to = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get sizeBytes(): number {
    return this.#source.sizeBytes;
  }

  /** The first `length` bytes of the buffer are those from `offset` on, until the next call. */
  hold(buffer: () => Uint8Array, offset: number, length: number): void {
    this.#buffer = buffer;
    this.#from = offset;
    this.#to = offset + length;
  }

  letGo(): void {
    this.#buffer = null;
  }

  readInto(offset: number, target: Uint8Array): number {
    if (this.#buffer === null || offset < this.#from || offset >= this.#to) return this.#source.readInto(offset, target);
    const most = Math.min(target.length, this.#to - offset);
    target.set(this.#buffer().subarray(offset - this.#from, offset - this.#from + most));
    return most;
  }
}
