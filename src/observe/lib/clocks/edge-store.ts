/** Causal edges by the pair of clocks that they compare, in columns: a few large logs have hundreds of thousands. */
import type { Instant, Place, Strength } from '../../../model/index.ts';
import { type CausalEdge, EDGES_CAP, type EdgeSample } from './pair.ts';

const FIRST_ROWS = 64;
const STRENGTHS: readonly Strength[] = ['stated', 'derived', 'guessed'];

interface Columns {
  readonly beforeAt: BigInt64Array;
  readonly afterAt: BigInt64Array;
  readonly beforeStep: BigInt64Array;
  readonly afterStep: BigInt64Array;
  readonly slack: Float64Array;
  /** Number of the call: both its edges have the same. */
  readonly call: Int32Array;
  readonly strength: Uint8Array;
  /** 1 where the earlier reading is of the pair's first clock. */
  readonly forth: Uint8Array;
  readonly beforeOffset: Float64Array;
  readonly beforeLength: Float64Array;
  readonly afterOffset: Float64Array;
  readonly afterLength: Float64Array;
  /** Numbers of artifact and decoders. */
  readonly beforeIn: Int32Array;
  readonly afterIn: Int32Array;
}

const columns = (rows: number): Columns => ({
  beforeAt: new BigInt64Array(rows),
  afterAt: new BigInt64Array(rows),
  beforeStep: new BigInt64Array(rows),
  afterStep: new BigInt64Array(rows),
  slack: new Float64Array(rows),
  call: new Int32Array(rows),
  strength: new Uint8Array(rows),
  forth: new Uint8Array(rows),
  beforeOffset: new Float64Array(rows),
  beforeLength: new Float64Array(rows),
  afterOffset: new Float64Array(rows),
  afterLength: new Float64Array(rows),
  beforeIn: new Int32Array(rows),
  afterIn: new Int32Array(rows),
});

type Where = Pick<Place, 'artifact' | 'decoders'>;

export class EdgeStore {
  readonly #pairs = new Map<string, PairEdges>();
  readonly #where: Where[] = [];
  readonly #whereNumbers = new Map<string, number>();
  #calls = -1;
  #lastCall = '';

  /** The edges of one call are added one after the other. */
  add(e: CausalEdge): void {
    const [a, b] = [e.before.clock, e.after.clock];
    if (a === b) return;
    if (this.#calls < 0 || e.call !== this.#lastCall) {
      this.#calls++;
      this.#lastCall = e.call;
    }
    const [first, second] = a < b ? [a, b] : [b, a];
    const key = `${first}\u0000${second}`;
    let pair = this.#pairs.get(key);
    if (pair === undefined) {
      pair = new PairEdges(first, second, this.#where);
      this.#pairs.set(key, pair);
    }
    pair.add(e, this.#calls, this.#whereOf(e.before.place), this.#whereOf(e.after.place));
  }

  #whereOf(p: Place): number {
    const key = `${p.artifact}\u0000${p.decoders?.join('\u0000') ?? ''}`;
    let number = this.#whereNumbers.get(key);
    if (number === undefined) {
      number = this.#where.length;
      this.#where.push(p.decoders === undefined ? { artifact: p.artifact } : { artifact: p.artifact, decoders: p.decoders });
      this.#whereNumbers.set(key, number);
    }
    return number;
  }

  /** In the order of their names. */
  pairs(): readonly PairEdges[] {
    return [...this.#pairs].sort(([x], [y]) => (x < y ? -1 : 1)).map(([, pair]) => pair);
  }
}

/** The edges between two clocks, `a` before `b` by name. */
class PairEdges {
  readonly a: string;
  readonly b: string;
  readonly #where: readonly Where[];
  #of = columns(0);
  #room = 0;
  #rows = 0;
  #forth = 0;
  #calls = 0;
  #lastCall = -1;

  constructor(a: string, b: string, where: readonly Where[]) {
    this.a = a;
    this.b = b;
    this.#where = where;
  }

  add(e: CausalEdge, call: number, beforeIn: number, afterIn: number): void {
    if (this.#rows === this.#room) this.#grow();
    const row = this.#rows++;
    const c = this.#of;
    const forth = e.before.clock === this.a;
    if (forth) this.#forth++;
    if (call !== this.#lastCall) this.#calls++;
    this.#lastCall = call;
    c.beforeAt[row] = e.before.at;
    c.afterAt[row] = e.after.at;
    c.beforeStep[row] = e.before.stepNs;
    c.afterStep[row] = e.after.stepNs;
    c.slack[row] = e.slack;
    // of this pair: every so many of its calls are taken
    c.call[row] = this.#calls - 1;
    c.strength[row] = STRENGTHS.indexOf(e.strength);
    c.forth[row] = forth ? 1 : 0;
    c.beforeOffset[row] = e.before.place.offset;
    c.beforeLength[row] = e.before.place.length;
    c.afterOffset[row] = e.after.place.offset;
    c.afterLength[row] = e.after.place.length;
    c.beforeIn[row] = beforeIn;
    c.afterIn[row] = afterIn;
  }

  #grow(): void {
    this.#room = Math.max(FIRST_ROWS, this.#room * 2);
    const grown = columns(this.#room);
    for (const name of Object.keys(grown) as (keyof Columns)[]) (grown[name] as Int32Array).set(this.#of[name] as Int32Array);
    this.#of = grown;
  }

  /** As many whole calls as are looked at, evenly: not the tightest, for wrong edges are among those and would become more than they are. */
  sample(): EdgeSample {
    const every = Math.ceil(this.#rows / EDGES_CAP);
    const edges: CausalEdge[] = [];
    for (let row = 0; row < this.#rows; row++) if (every < 2 || (this.#of.call[row] as number) % every === 0) edges.push(this.#edge(row));
    return { edges, forth: this.#forth, back: this.#rows - this.#forth };
  }

  #edge(row: number): CausalEdge {
    const c = this.#of;
    const forth = c.forth[row] === 1;
    const place = (where: number, offset: number, length: number): Place => {
      const { artifact, decoders } = this.#where[where] as Where;
      return decoders === undefined ? { artifact, offset, length } : { artifact, offset, length, decoders };
    };
    return {
      before: {
        clock: forth ? this.a : this.b,
        at: c.beforeAt[row] as Instant,
        stepNs: c.beforeStep[row] as bigint,
        place: place(c.beforeIn[row] as number, c.beforeOffset[row] as number, c.beforeLength[row] as number),
      },
      after: {
        clock: forth ? this.b : this.a,
        at: c.afterAt[row] as Instant,
        stepNs: c.afterStep[row] as bigint,
        place: place(c.afterIn[row] as number, c.afterOffset[row] as number, c.afterLength[row] as number),
      },
      slack: c.slack[row] as number,
      call: `${c.call[row]}`,
      strength: STRENGTHS[c.strength[row] as number] as Strength,
    };
  }
}
