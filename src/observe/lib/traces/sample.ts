/**
 * Events of as many traces as fit into memory. Which traces are kept depends on their ids alone, so that several logs keep the same ones.
 */
import type { TraceEvent } from './events.ts';

const EVENTS_CAP = 40_000;

/** FNV-1a with a final mix: consecutive ids must not fall together. */
export function hashOf(id: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) h = Math.imul(h ^ id.charCodeAt(i), 0x01000193);
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  return h >>> 0;
}

export class TraceSample {
  #events: TraceEvent[] = [];
  /** Traces whose hash is below are kept. */
  #below = 2 ** 32;

  add(e: TraceEvent): void {
    if (!this.#kept(e)) return;
    this.#events.push(e);
    while (this.#events.length > EVENTS_CAP) {
      this.#below /= 2;
      this.#events = this.#events.filter((x) => this.#kept(x));
    }
  }

  #kept(e: TraceEvent): boolean {
    return this.#below === 2 ** 32 || e.traces.some((id) => hashOf(id) < this.#below);
  }

  get events(): readonly TraceEvent[] {
    return this.#events;
  }

  /** Share of all traces that is kept, 0…1. */
  get share(): number {
    return this.#below / 2 ** 32;
  }
}
