/** What did not come back from a store, in words that say it for every store alike. */
import { formatInstant, type Instant, type ReportGap } from '../../model/index.ts';
import type { StoreFault } from './fault.ts';

const stretch = (from: Instant, to: Instant): string => `${formatInstant(from)} to ${formatInstant(to)}`;

export const cutGap = (store: string, most: number, upTo: Instant, to: Instant): ReportGap => ({
  what: `${store} holds more matching lines: those after ${formatInstant(upTo)} (asked for up to ${formatInstant(to)}) are missing`,
  why: `at most ${most} lines were asked for, and the earliest were taken`,
  next: `gorca collect … --since ${formatInstant(upTo)}, or a larger --limit`,
});

export const interruptedGap = (store: string, taken: number, upTo: string): ReportGap => ({
  what: `the lines of ${store} are not complete: ${taken} were taken${upTo}`,
  why: 'it was interrupted',
  next: 'run it again',
});

export const brokenGap = (store: string, taken: number, fault: StoreFault): ReportGap => ({
  what: `the lines of ${store} are not complete: ${taken} were taken, then ${fault.message}${fault.said === '' ? '' : `: ${fault.said}`}`,
  why: 'what came before was kept',
  next: fault.next === '' ? 'run it again' : fault.next,
});

/** `first`: of any line of the asked streams; null: there is none at all. */
export const expiredGap = (store: string, from: Instant, to: Instant, first: Instant | null, why: string): ReportGap =>
  first === null
    ? { what: `${store} holds no line of ${stretch(from, to)}`, why, next: 'ask for another time: --since, --until; or another tenant: --tenant' }
    : {
        what: `${store} holds no line of ${stretch(from, first)}: its first is of ${formatInstant(first)}`,
        why,
        next: 'look for that time where logs are kept longer: kubectl logs -p, files on the node, a backup',
      };

/** Once the trace was found by a cheap look-up, the dear one is done around it only. */
export const aroundGap = (from: Instant, to: Instant): ReportGap => ({
  what: `lines that hold the id in their text alone were looked for from ${stretch(from, to)} only`,
  why: 'the lines that hold it in a field of their own stand there, and to search the text of all lines is dear',
  next: 'gorca collect … --text ID with --since and --until searches the text of all lines',
});
