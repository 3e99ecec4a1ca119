/** Proves every pattern against its own sample and near miss; what is returned are faults, worded for whoever wrote the pattern. */
import { sourceKey } from './error-pattern.ts';
import { ERROR_PATTERNS, GO_ERRORS, longestLiteral } from './list.ts';
import { matchErrorText } from './match.ts';
import { SAMPLE_CHAINS } from './sample-chains.ts';
import { SAMPLES, SOURCES } from './samples.ts';
import { parseTemplate } from './template.ts';

/** A shorter anchor stands in too many lines. */
const SHORTEST_ANCHOR = 3;

export function proveErrors(): string[] {
  const faults: string[] = [];
  const ids = new Set<string>();
  const byId = new Map(ERROR_PATTERNS.map((p) => [p.id, p]));
  for (const p of ERROR_PATTERNS) {
    if (ids.has(p.id)) faults.push(`${p.id}: the id is used twice`);
    ids.add(p.id);
    if (!/^[a-z0-9-]+\/[a-z0-9-]+$/.test(p.id)) faults.push(`${p.id}: an id is <package>/<name>`);
    const { anchor } = parseTemplate(p.text);
    if (anchor.trim().length < SHORTEST_ANCHOR) faults.push(`${p.id}: no literal that could be looked for: ${JSON.stringify(anchor)}`);
    for (const parent of p.contains ?? []) if (!byId.has(parent)) faults.push(`${p.id}: contains ${parent}, which is no pattern`);
    if (p.by.length === 0) faults.push(`${p.id}: no source is named`);
    for (const source of p.by) {
      if (SOURCES[sourceKey(source, longestLiteral(p.text))] === undefined) faults.push(`${p.id}: ${source.file} was not looked at for it; scripts/record-errors sources`);
    }
    if (p.causes.length === 0) faults.push(`${p.id}: no cause`);
    if (SAMPLES[p.id] === undefined) faults.push(`${p.id}: no sample was recorded; provoke it in go/zoo/errors or go/zoo-clients/errors`);
  }
  for (const e of GO_ERRORS) {
    const found = new Set(matchErrorText(e.sample).map((m) => m.pattern.id));
    if (!found.has(e.id)) faults.push(`${e.id}: does not match its sample ${JSON.stringify(e.sample)}`);
    const allowed = new Set([e.id, ...(e.contains ?? []), ...(SAMPLE_CHAINS[e.id] ?? [])]);
    for (const id of found) if (!allowed.has(id)) faults.push(`${e.id}: its sample also matches ${id}: ${JSON.stringify(e.sample)}`);
    for (const id of allowed) if (!found.has(id)) faults.push(`${e.id}: its sample does not match ${id}, which it says it contains`);
    if (matchErrorText(e.nearMiss).some((m) => m.pattern.id === e.id)) faults.push(`${e.id}: matches its near miss ${JSON.stringify(e.nearMiss)}`);
  }
  return faults;
}
