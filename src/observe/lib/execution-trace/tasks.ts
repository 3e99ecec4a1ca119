/** What the program itself says it does (package runtime/trace): tasks, regions, logs. */
import { Sums } from './sums.ts';

export interface Task {
  readonly id: number;
  parent: number;
  /** Text id; 0 not known, because its begin was not seen. */
  type: number;
  /** Nanoseconds; -1 before the trace. */
  begin: number;
  /** -1: it did not end in the trace. */
  end: number;
  /** Goroutine ids; -1 not seen. */
  beganOn: number;
  endedOn: number;
  beginOffset: number;
  endOffset: number;
}

/** So many tasks are kept one by one: the slowest; all are counted by type. */
const TASKS_KEPT = 4096;

export class Tasks {
  /** By (type text, 0), those whose begin and end were seen. */
  readonly types = new Sums();
  /** By (type text, 0). */
  readonly regions = new Sums();
  /** Text id of the category → how many. */
  readonly logs = new Map<number, number>();
  begun = 0;
  /** Tasks whose end, or whose begin, is not in the trace. */
  unfinished = 0;
  startedBefore = 0;
  /** Ends of tasks that had ended already: a mistake of the program. */
  endedTwice = 0;
  /** Ids grow: one that is not open and is not smaller than the first that began here has ended already. */
  #firstId = Number.POSITIVE_INFINITY;
  readonly #open = new Map<number, Task>();
  #kept: Task[] = [];
  readonly #regions = new Map<number, { type: number; begin: number }[]>();

  /** The slowest of them (all, where there are not many), as they began. */
  list(): Task[] {
    return [...this.#kept].sort((x, y) => x.begin - y.begin || x.id - y.id);
  }

  begin(id: number, parent: number, type: number, goroutine: number, time: number, offset: number): void {
    this.begun++;
    if (id < this.#firstId) this.#firstId = id;
    this.#open.set(id, { id, parent, type, begin: time, end: -1, beganOn: goroutine, endedOn: -1, beginOffset: offset, endOffset: -1 });
  }

  end(id: number, type: number, parent: number, goroutine: number, time: number, offset: number): void {
    const open = this.#open.get(id);
    if (open === undefined && id >= this.#firstId) {
      this.endedTwice++;
      return;
    }
    const task = open ?? { id, parent: type === 0 ? 0 : parent, type, begin: -1, end: time, beganOn: -1, endedOn: goroutine, beginOffset: -1, endOffset: offset };
    task.end = time;
    task.endedOn = goroutine;
    task.endOffset = offset;
    this.#open.delete(id);
    if (open === undefined) this.startedBefore++;
    else this.types.add(this.types.index(task.type, 0), time - task.begin, time, offset);
    this.#keep(task);
  }

  regionBegins(g: number, type: number, time: number): void {
    const of = this.#regions.get(g);
    if (of === undefined) this.#regions.set(g, [{ type, begin: time }]);
    else of.push({ type, begin: time });
  }

  /** Regions of a goroutine are nested; one that has no begin in the trace began before it. */
  regionEnds(g: number, type: number, first: number, time: number, offset: number): void {
    const of = this.#regions.get(g);
    const open = of?.pop();
    if (of?.length === 0) this.#regions.delete(g);
    this.regions.add(this.regions.index(type, 0), time - (open?.begin ?? first), time, offset);
  }

  log(category: number): void {
    this.logs.set(category, (this.logs.get(category) ?? 0) + 1);
  }

  finish(time: number): void {
    for (const task of this.#open.values()) {
      this.unfinished++;
      this.#keep(task);
    }
    this.#open.clear();
    for (const open of this.#regions.values()) for (const r of open) this.regions.add(this.regions.index(r.type, 0), time - r.begin, time, -1);
    this.#regions.clear();
  }

  /** After `finish`: a task that ends from now on may have begun in what is not in the trace. */
  forget(): void {
    this.#firstId = Number.POSITIVE_INFINITY;
  }

  #keep(task: Task): void {
    this.#kept.push(task);
    if (this.#kept.length < 2 * TASKS_KEPT) return;
    const lasted = (t: Task): number => (t.begin < 0 || t.end < 0 ? Number.POSITIVE_INFINITY : t.end - t.begin);
    this.#kept = this.#kept.sort((x, y) => lasted(y) - lasted(x) || x.id - y.id).slice(0, TASKS_KEPT);
  }
}
