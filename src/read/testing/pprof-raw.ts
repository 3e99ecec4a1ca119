/** Samples as `go tool pprof -raw` prints them, and ours in the same words: two lists that must be equal. */
import { addressOf, framesOf, labelsOf, type Profile } from '../pprof/index.ts';

interface RawSample {
  values: string[];
  addresses: string[];
  frames: string[];
  labels: string[];
}

const sorted = (list: readonly RawSample[]): string[] => list.map((s) => JSON.stringify(s)).sort();

/** @param named false: as pprof shows text (debug=1), whose names it throws away */
export function rawSamples(p: Profile, named = true): string[] {
  const types = p.sampleTypes.length;
  return sorted(
    Array.from({ length: p.samples.count }, (_, s) => ({
      values: Array.from({ length: types }, (_v, t) => String(p.samples.exact?.[s * types + t] ?? p.samples.value[s * types + t])),
      addresses: Array.from(p.samples.location.subarray(p.samples.locationStart[s]!, p.samples.locationStart[s + 1]!), (l) => `0x${addressOf(p, l).toString(16)}`),
      frames: (named ? framesOf(p, s) : []).flatMap((f) => (f.function === '' || f.function.startsWith('0x') ? [] : [`${f.function} ${f.file}:${f.line}`])),
      labels: labelLines(p, s),
    })),
  );
}

/** As pprof prints them: texts in one line, numbers in another, sorted. Not split, for a text may hold what parts them. */
function labelLines(p: Profile, sample: number): string[] {
  const values = new Map<string, string[]>();
  const numbers = new Map<string, string[]>();
  for (const l of labelsOf(p, sample)) {
    const into = l.text === null ? numbers : values;
    into.set(l.key, [...(into.get(l.key) ?? []), l.text ?? `${l.number}${l.unit === '' ? '' : ` ${l.unit}`}`]);
  }
  const line = (of: Map<string, string[]>): string =>
    [...of]
      .map(([key, list]) => `${key}:[${list.join(' ')}]`)
      .sort()
      .join(' ');
  return [line(values), line(numbers)].filter((l) => l !== '');
}

/** @param text what `go tool pprof -raw` printed */
export function samplesOfRaw(text: string): string[] {
  const [head, tail] = text.split('\nLocations\n') as [string, string];
  const locations = new Map<string, { address: string; frames: string[] }>();
  let current: { address: string; frames: string[] } | undefined;
  for (const line of tail.split('\nMappings\n')[0]!.split('\n')) {
    const m = /^\s*(?:(\d+): (0x[0-9a-f]+) )?(?:M=\d+ )?(.*)$/.exec(line);
    if (m?.[1] !== undefined) {
      current = { address: m[2]!, frames: [] };
      locations.set(m[1], current);
    }
    const f = /^(\S.*?) (\S*):(\d+):\d+ s=-?\d+/.exec(m?.[3]?.trim() ?? '');
    if (f !== null) current?.frames.push(`${f[1]} ${f[2]}:${f[3]}`);
  }
  const out: RawSample[] = [];
  const rows = head
    .slice(head.indexOf('\nSamples:\n') + 10)
    .split('\n')
    .slice(1);
  for (const row of rows) {
    const m = /^\s*([-\d ]+): ([\d ]*)$/.exec(row);
    if (m !== null) {
      const ids = m[2]!
        .trim()
        .split(/\s+/)
        .filter((id) => id !== '');
      out.push({
        values: m[1]!.trim().split(/\s+/),
        addresses: ids.map((i) => locations.get(i)!.address),
        frames: ids.flatMap((i) => locations.get(i)!.frames),
        labels: [],
      });
    } else if (row.trim() !== '') out.at(-1)?.labels.push(row.trim());
  }
  return sorted(out);
}
