/**
 * Properties of whole investigations over recorded bundles: order of inputs, loss of an artifact, unrelated company, raw bytes of every place.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { collectFiles } from '../src/collect/files/index.ts';
import { investigate } from '../src/investigate.ts';
import { type Artifact, atLeast, readSlice, type Report, VERDICTS } from '../src/model/index.ts';
import { goGrammarBytes } from '../src/platform/go-grammar.ts';
import { prepareGoSource } from '../src/read/go-source/index.ts';

const folder = import.meta.dirname;
const names = readdirSync(folder)
  .filter((n) => statSync(join(folder, n)).isDirectory())
  .sort();
/** Artifacts left out one at a time, spread over the bundle: all of them would take an hour. */
const LOSSES = 8;

const grammar = goGrammarBytes();
if (grammar === null) throw new Error('the Go grammar is not installed');
await prepareGoSource(grammar);
const bundles = new Map<string, Awaited<ReturnType<typeof collectFiles>>>();
for (const name of names) bundles.set(name, await collectFiles([join(folder, name)]));
const collected = (name: string) => bundles.get(name) as Awaited<ReturnType<typeof collectFiles>>;
const reportOf = (name: string, artifacts: readonly Artifact[]): Report => investigate(artifacts, { problems: collected(name).problems, gaps: collected(name).gaps }).report;
const full = new Map(names.map((n) => [n, reportOf(n, collected(n).artifacts)]));
const fullOf = (name: string): Report => full.get(name) as Report;

/** Verdicts of links, by what they connect. */
function linksOf(report: Report): Map<string, string> {
  const out = new Map<string, string>();
  for (const i of report.incidents) for (const c of i.causes) for (const l of c.chain) out.set(`${l.condition} ${l.by} ${l.entity}`, l.verdict);
  return out;
}

test('there are bundles', () => expect(names.length).toBeGreaterThanOrEqual(4));

describe.each(names)('%s', (name) => {
  test('the order of the inputs changes nothing', () => {
    const shuffled = collected(name)
      .artifacts.map((a, i) => ({ a, k: Math.imul(i + 11, 2654435761) >>> 0 }))
      .sort((x, y) => x.k - y.k)
      .map(({ a }) => a);
    expect(JSON.stringify(reportOf(name, shuffled))).toBe(JSON.stringify(fullOf(name)));
  });

  test('every place is the bytes it points at', () => {
    const byId = new Map(collected(name).artifacts.map((a) => [a.id, a]));
    for (const p of fullOf(name).places) {
      const bytes = readSlice((byId.get(p.artifact) as Artifact).source, p.offset, p.length);
      const shown = p.excerpt.startsWith('hex:') ? `hex:${Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')}` : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
      expect(p.excerpt).toBe(shown);
    }
  });

  test('every claim has a place, and a cause that is found ends at a root', () => {
    const report = fullOf(name);
    for (const i of report.incidents) {
      for (const s of i.symptoms) expect(s.places.length).toBeGreaterThan(0);
      for (const c of i.causes) {
        expect(c.culprits.length, `${c.mechanism} names nobody`).toBeGreaterThan(0);
        for (const l of c.chain) expect(l.places.length, l.says).toBeGreaterThan(0);
      }
    }
    if (report.outcome === 'cause-found') expect(atLeast(report.causes[0]?.verdict ?? 'refuted', 'supported')).toBe(true);
    if (report.outcome === 'no-incident') expect(report.incidents).toEqual([]);
  });

  const all = collected(name).artifacts;
  const step = Math.max(1, Math.floor(all.length / LOSSES));
  const lost = all.filter((_, i) => i % step === 0).map((a) => a.path);
  test.each(lost)('without %s no verdict rises above supported', (path) => {
    const before = linksOf(fullOf(name));
    const report = reportOf(name, all.filter((a) => a.path !== path));
    for (const [link, verdict] of linksOf(report)) {
      const was = before.get(link);
      if (was !== undefined && VERDICTS.indexOf(verdict as 'confirmed') < VERDICTS.indexOf(was as 'confirmed')) expect(verdict, link).not.toBe('confirmed');
    }
    // what is no longer proven is said to be missing
    if (fullOf(name).outcome === 'cause-found' && report.outcome === 'unproven') expect(report.gaps.length).toBeGreaterThan(0);
  });

  test('another, healthy case beside it changes no cause', () => {
    const others = names.filter((n) => n !== name && fullOf(n).outcome === 'no-incident');
    expect(others.length).toBeGreaterThan(0);
    const full = fullOf(name);
    let unchanged = 0;
    for (const other of others) {
      const company = collected(other).artifacts.map((a) => ({ ...a, id: `zz-company/${a.id}`, path: `zz-company/${a.path}` }));
      const together = reportOf(name, [...all, ...company]);
      // the other may speak of services of the same names: then less can be told, never something else
      if (together.causes.length > 0) expect(together.causes[0]?.mechanism, other).toBe(full.causes[0]?.mechanism);
      for (const culprit of together.causes[0]?.culprits ?? []) expect(full.causes[0]?.culprits, other).toContainEqual(culprit);
      if (JSON.stringify(together.causes[0]?.culprits) === JSON.stringify(full.causes[0]?.culprits)) unchanged++;
    }
    expect(unchanged).toBeGreaterThan(0);
  });
});
