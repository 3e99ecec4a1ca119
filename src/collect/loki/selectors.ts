/** Which streams to ask: Loki takes no query without a selector, and no one label need be on every stream. */
import type { Instant } from '../../model/index.ts';
import { StoreFault } from '../lib/fault.ts';
import type { Labels } from '../lib/slice.ts';
import { escapedRegex, mayNameService } from '../lib/wanted.ts';
import { matcher, type Pages } from './pages.ts';

/** Labels of every stream of a stretch, from the index alone; null where the store does not say. */
export async function streamsOf(pages: Pages, from: Instant, to: Instant): Promise<readonly Labels[] | null> {
  try {
    return (await pages.listed('/loki/api/v1/series', from, to)) as readonly Labels[];
  } catch (error) {
    // a list too long, or refused by a limit, is asked for by label names instead; what no query would survive is said now
    if (error instanceof StoreFault && ['too-large', 'refused', 'failed', 'timeout'].includes(error.kind)) return null;
    throw error;
  }
}

export async function labelNames(pages: Pages, from: Instant, to: Instant): Promise<readonly string[]> {
  return (await pages.listed('/loki/api/v1/labels', from, to)).filter((n): n is string => typeof n === 'string' && !n.startsWith('__'));
}

const PREFERRED = ['service_name', 'service', 'app', 'job', 'container', 'namespace', 'pod', 'filename'];

/** Disjoint lists of matchers that together take every stream: {a=~".+"}, {a="", b=~".+"}, … */
export function everyStream(streams: readonly Labels[] | null, names: readonly string[]): string[][] {
  const order = (list: readonly string[]): string[] => [...list].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const parts: string[][] = [];
  const none: string[] = [];
  if (streams === null) {
    for (const name of order(names)) {
      parts.push([...none, matcher(name, '=~', '.+')]);
      none.push(matcher(name, '=', ''));
    }
    return parts;
  }
  let left = [...streams];
  while (left.length > 0) {
    const counts = new Map<string, number>();
    for (const s of left) for (const name of Object.keys(s)) if (!name.startsWith('__')) counts.set(name, (counts.get(name) ?? 0) + 1);
    const best = order([...counts.keys()]).reduce<string | null>((a, b) => (a === null || (counts.get(b) ?? 0) > (counts.get(a) ?? 0) ? b : a), null);
    if (best === null) break;
    parts.push([...none, matcher(best, '=~', '.+')]);
    none.push(matcher(best, '=', ''));
    left = left.filter((s) => (s[best] ?? '') === '');
  }
  return parts;
}

const rank = (name: string): number => {
  const at = PREFERRED.indexOf(name);
  return at < 0 ? PREFERRED.length : at;
};

/** Disjoint lists of matchers for the streams of one service, by every label that names services. */
export function streamsOfService(service: string, streams: readonly Labels[] | null, names: readonly string[]): { readonly parts: string[][]; readonly known: readonly string[] } {
  const known = new Set<string>();
  const labels = new Set<string>();
  // Prometheus' and Promtail's job is namespace/name
  const isIt = (value: string): boolean => value === service || value.endsWith(`/${service}`);
  for (const s of streams ?? []) {
    for (const [name, value] of Object.entries(s)) {
      if (!mayNameService(name)) continue;
      known.add(value);
      if (isIt(value)) labels.add(name);
    }
  }
  if (streams === null) for (const name of names) if (mayNameService(name)) labels.add(name);
  const pattern = `(?:.+/)?${escapedRegex(service)}`;
  const parts: string[][] = [];
  const not: string[] = [];
  for (const name of [...labels].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))) {
    parts.push([...not, matcher(name, '=~', pattern)]);
    not.push(matcher(name, '!~', pattern));
  }
  return { parts, known: [...known].sort() };
}
