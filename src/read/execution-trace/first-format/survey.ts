/** The whole file once: where each P's batches are, and what stands anywhere in it: strings, stacks (at the end), the clock (at the end), CPU samples. */
import type { ByteSource } from '../../../model/index.ts';
import { IdMap } from '../generation.ts';
import { Stacks, Texts } from '../tables.ts';
import { NONE_64 } from '../wire.ts';
import { EV, RawEvents } from './wire.ts';

/** Batches of one P, in the order of the file. */
export interface Lane {
  /** -1: events of no P. */
  readonly p: number;
  readonly batches: number[];
}

export interface Sample {
  readonly ticks: number;
  readonly p: number;
  readonly goroutine: number;
  readonly stack: number;
}

export interface Survey {
  readonly lanes: readonly Lane[];
  readonly samples: readonly Sample[];
  readonly ticksPerSecond: number;
  readonly texts: Texts;
  readonly stacks: Stacks;
  /** Ids of the file to those of the tables. */
  readonly textIds: IdMap;
  readonly stackIds: IdMap;
  readonly batches: number;
}

export interface SurveyFault {
  readonly offset: number;
  readonly what: string;
}

const MOST_BATCHES = 4_000_000;
/** GOMAXPROCS of any machine. */
const MOST_LANES = 4096;
const MOST_SAMPLES = 2_000_000;
const MOST_FRAMES = 1000;
/** Of all stacks. */
const MOST_NUMBERS = 20_000_000;

export function survey(source: ByteSource, version: number, from: number): Survey | SurveyFault {
  const raw = new RawEvents(source, version);
  raw.seek(from);
  const lanes = new Map<number, Lane>();
  const samples: Sample[] = [];
  const texts = new Texts();
  const stacks = new Stacks();
  const textIds = new IdMap();
  const stackIds = new IdMap();
  textIds.clear();
  stackIds.clear();
  // strings may follow the stacks that name them
  const pending: number[][] = [];
  let kept = 0;
  let ticksPerSecond = 0;
  let batches = 0;
  const fault = (what: string): SurveyFault => ({ offset: raw.offset, what });
  while (raw.read()) {
    const x = raw.numbers;
    switch (raw.type) {
      case EV.batch: {
        const p = (x[0] as number) >= NONE_64 / 2 ? -1 : (x[0] as number);
        if (p >= 2 ** 31) return fault(`a batch of P ${p}`);
        if (++batches > MOST_BATCHES) return fault(`more than ${MOST_BATCHES} batches`);
        if (lanes.size >= MOST_LANES) return fault(`more than ${MOST_LANES} P`);
        const lane = lanes.get(p);
        if (lane === undefined) lanes.set(p, { p, batches: [raw.offset] });
        else lane.batches.push(raw.offset);
        break;
      }
      case EV.string:
        if (!textIds.set(x[0] as number, texts.add(raw.text(), 0, raw.textLength))) return fault('more strings than any runtime writes');
        break;
      case EV.stack: {
        const length = x[1] as number;
        if (raw.count < 2 || length > MOST_FRAMES || raw.count !== 2 + 4 * length) return fault('a stack is not whole');
        kept += raw.count;
        if (kept > MOST_NUMBERS) return fault('more stacks than any program has');
        if (x[0] !== 0 && length > 0) pending.push(Array.from(x.subarray(0, raw.count)));
        break;
      }
      case EV.frequency:
        ticksPerSecond = x[0] as number;
        break;
      case EV.timerGoroutine:
        break;
      case EV.cpuSample:
        if (samples.length >= MOST_SAMPLES) return fault(`more than ${MOST_SAMPLES} CPU samples`);
        samples.push({ ticks: x[1] as number, p: (x[2] as number) >= 2 ** 31 ? -1 : (x[2] as number), goroutine: x[3] as number, stack: x[4] as number });
        break;
      default:
        if (batches === 0) return fault('an event outside any batch');
    }
  }
  if (raw.fault !== null) return fault(raw.fault);
  if (ticksPerSecond <= 0) return { offset: source.sizeBytes, what: 'it does not say how long a tick of its clock is, which stands at its end' };
  const ofPc = new Map<number, number>();
  const frames = new Int32Array(MOST_FRAMES);
  for (const [id = 0, length = 0, ...rest] of pending) {
    for (let i = 0; i < length; i++) {
      const [pc = 0, fn = 0, file = 0, line = 0] = rest.slice(i * 4, i * 4 + 4);
      let frame = ofPc.get(pc);
      if (frame === undefined) {
        frame = stacks.frames.add(pc, Math.max(0, textIds.get(fn)), Math.max(0, textIds.get(file)), line);
        ofPc.set(pc, frame);
      }
      frames[i] = frame;
    }
    stackIds.set(id, stacks.add(frames, length));
  }
  samples.sort((a, b) => a.ticks - b.ticks);
  return { lanes: [...lanes.values()], samples, ticksPerSecond, texts, stacks, textIds, stackIds, batches };
}
