/** Numbered pieces of one output, made side by side by threads that share the buffer and written by each when the pieces before are. */
const NEXT = 0;
const TURN = 1;
const GONE = 2;
const WORDS = 3;
/** Whoever waits looks whether the others are still there. */
const LOOK_MS = 100;

export class Turns {
  readonly #words: Int32Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(WORDS * 4)) {
    this.#words = new Int32Array(buffer);
  }

  get buffer(): SharedArrayBuffer {
    return this.#words.buffer as SharedArrayBuffer;
  }

  /** A piece that nobody has taken. */
  take(): number {
    return Atomics.add(this.#words, NEXT, 1);
  }

  /** Until all pieces before are written; false: they never will be. */
  wait(piece: number): boolean {
    for (;;) {
      const turn = Atomics.load(this.#words, TURN);
      if (turn === piece) return true;
      if (Atomics.load(this.#words, GONE) === 1) return false;
      Atomics.wait(this.#words, TURN, turn, LOOK_MS);
    }
  }

  /** The piece is written. */
  done(piece: number): void {
    Atomics.store(this.#words, TURN, piece + 1);
    Atomics.notify(this.#words, TURN);
  }

  /** What this thread had taken will not be written. */
  close(): void {
    Atomics.store(this.#words, GONE, 1);
    Atomics.notify(this.#words, TURN);
  }
}
