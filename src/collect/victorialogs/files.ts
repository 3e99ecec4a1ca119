/** Rows as files: one for each source of lines, the store's own bytes, oldest first. */
import { FileNames, type Labels, MOST_FILES, type SliceFile, sourceOf } from '../lib/slice.ts';
import type { Row } from './rows.ts';

const LABEL = /(?:^|,)([^=,{}"]{1,256})=("(?:[^"\\]|\\.){0,4096}")/g;

/** {pod="orders-1",service="orders"}, as `_stream` says it. */
export function labelsOf(stream: string): Labels {
  const labels: Record<string, string> = {};
  for (const m of stream.replace(/^\{|\}$/g, '').matchAll(LABEL)) {
    try {
      labels[m[1]!] = JSON.parse(m[2]!) as string;
    } catch {
      // Go quotes what JSON does not: that label names no source
    }
  }
  return labels;
}

export function filesOf(rows: readonly Row[]): SliceFile[] {
  const groups = new Map<string, { readonly name: string; readonly covers: SliceFile['covers']; readonly rows: Row[] }>();
  const sources = new Map<string, ReturnType<typeof sourceOf>>();
  for (const row of rows) {
    let source = sources.get(row.stream);
    if (source === undefined) {
      source = sourceOf(labelsOf(row.stream));
      sources.set(row.stream, source);
    }
    const key = groups.has(source.key) || groups.size < MOST_FILES ? source.key : '';
    let group = groups.get(key);
    if (group === undefined) {
      group = key === '' ? { name: 'more', covers: [], rows: [] } : { name: source.name, covers: source.covers, rows: [] };
      groups.set(key, group);
    }
    group.rows.push(row);
  }
  const names = new FileNames('victorialogs', '.jsonl');
  return [...groups.values()]
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map((group) => {
      const sorted = group.rows.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
      return { path: names.of(group.name), bytes: Buffer.concat(sorted.flatMap((r) => [r.bytes, LF])), lines: sorted.length, covers: group.covers };
    });
}

const LF = new Uint8Array([10]);
