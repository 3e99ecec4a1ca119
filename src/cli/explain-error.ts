/** `gorca explain`: an id of gorca's own, or any error text or log line, from the outermost error to the one that Go's wrapping puts innermost. */
import { closestPatterns, type ErrorMatch, GO_ERRORS, type GoError, matchErrorText, outerMatches } from '../knowledge/go-errors/index.ts';
import { type Artifact, memorySource } from '../model/index.ts';
import { nearNames } from '../model/near-names.ts';
import { type LogRecord, openLog } from '../read/logs/index.ts';
import { escapeForJson, oneLine, wrap } from '../report/lib/safe-text.ts';
import type { Run } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { explain, explainable, explainText } from './explain.ts';
import { UsageError } from './usage-error.ts';

export const run: Run = async (console, flags, args) => {
  const text = args.join(' ').trim();
  if (text === '') throw new UsageError('name an id, or give an error text or log line in quotes: gorca explain "context deadline exceeded"');
  const json = flags['json'] === true;
  if (explainable().includes(text)) {
    if (json) console.out(`${escapeForJson(JSON.stringify({ schema: 'gorca.explain/1', id: text, page: explain(text) }, null, 2))}\n`);
    else console.out(explainText(text, console.columns));
    return EXIT.finished;
  }
  const known = GO_ERRORS.find((e) => e.id === text);
  const found =
    known === undefined ? foundIn(text) : { part: null, text: known.sample, chain: outerMatches(matchErrorText(known.sample)).filter((m) => m.pattern.id === known.id) };
  // what looks like an id and is none is a slip of the fingers, not an error text
  if (found.chain.length === 0 && /^[a-z0-9-]+(?:\/[a-z0-9-]+)+$/.test(text)) {
    const near = nearNames(
      text,
      GO_ERRORS.map((e) => e.id),
    );
    if (near.length > 0) throw new UsageError(`nothing is called "${text}"; did you mean ${near.join(', ')}?`);
    explain(text);
  }
  if (json) console.out(`${escapeForJson(JSON.stringify(asJson(found), null, 2))}\n`);
  else console.out(`${asText(found, console.columns).join('\n')}\n`);
  return EXIT.finished;
};

interface Found {
  /** Field of a log record in which the text stands; null: the text as given. */
  readonly part: string | null;
  readonly text: string;
  readonly chain: readonly ErrorMatch[];
}

/** The field with the longest chain: a record's error says more than its message. */
function foundIn(text: string): Found {
  const parts = partsOf(text);
  let best: Found | null = null;
  for (const { part, text: of } of parts) {
    const chain = outerMatches(matchErrorText(of));
    if (best === null || chain.length > best.chain.length) best = { part, text: of, chain };
  }
  return best ?? { part: null, text, chain: [] };
}

const RECORDS = 20;

function partsOf(text: string): { part: string | null; text: string }[] {
  const source = openLog(artifactOf(text));
  const records: LogRecord[] = [];
  source?.scan({}, (r) => {
    if (r.format !== 'plain') records.push(r);
    return records.length < RECORDS;
  });
  const out: { part: string | null; text: string }[] = records.flatMap((r) => [
    ...r.fields.filter((f) => f.text.length > 2).map((f) => ({ part: f.name, text: f.text })),
    { part: 'message', text: r.message },
  ]);
  // a text with no format of its own, or pasted with the quotes of the JSON it stood in
  out.push({ part: null, text });
  if (text.includes('\\"')) out.push({ part: null, text: text.replaceAll('\\"', '"') });
  return out;
}

const artifactOf = (text: string): Artifact => ({
  id: 'argument',
  path: '',
  decoders: [],
  source: memorySource(new TextEncoder().encode(`${text}\n`)),
  sha256: '',
  interval: { from: null, to: null },
  covers: [],
});

const CLOSEST = 3;

function asJson(found: Found): object {
  const { chain, text, part } = found;
  return {
    schema: 'gorca.explain/1',
    text,
    part,
    errors: chain.map((m) => ({ ...withoutWorkings(m.pattern), start: m.start, end: m.end, holes: m.holes })),
    innermost: chain.at(-1)?.pattern.id ?? null,
    closest: chain.length > 0 ? [] : closestPatterns(text, CLOSEST).map((c) => ({ id: c.pattern.id, text: c.pattern.text, score: c.score, missing: c.missing, nearly: c.nearly })),
  };
}

const withoutWorkings = (e: GoError): object => ({
  id: e.id,
  class: e.class,
  template: e.text,
  means: e.means,
  isNot: e.isNot,
  causes: e.causes,
  next: e.next,
  writtenBy: e.versions.map((v) => ({ module: v.source.module, file: v.source.file, symbol: v.source.symbol, from: v.from, to: v.to })),
  sample: e.sample,
});

const LABEL = 8;

/** A labelled paragraph, wrapped under itself. */
function labelled(label: string, text: string, columns: number): string[] {
  return wrap(oneLine(text), columns - LABEL).map((line, i) => (i === 0 ? label.padEnd(LABEL) : ' '.repeat(LABEL)) + line);
}

function asText(found: Found, columns: number): string[] {
  const { chain, text, part } = found;
  if (chain.length === 0) return unknownText(text, columns);
  const lines: string[] = [];
  if (chain.length > 1) {
    lines.push(
      ...labelled('CHAIN', part === null ? 'outermost first' : `in ${part}, outermost first`, columns),
      ...chain.flatMap((m, i) => chainLine(m, i, chain.length, columns)),
      '',
    );
  }
  for (const m of chain.slice(0, -1)) {
    lines.push(m.pattern.id, ...labelled('MEANS', m.pattern.means, columns), ...labelled('IS NOT', m.pattern.isNot, columns), '');
  }
  lines.push(...page(chain.at(-1) as ErrorMatch, columns));
  return lines;
}

function chainLine(m: ErrorMatch, depth: number, of: number, columns: number): string[] {
  const indent = ' '.repeat(LABEL + 2 * depth);
  const marker = depth === of - 1 ? '  ← the cause' : '';
  return [`${indent}${m.pattern.id}${marker}`].flatMap((line) => wrap(line.trimStart(), columns - indent.length).map((l) => indent + l));
}

function page(m: ErrorMatch, columns: number): string[] {
  const e = m.pattern;
  const here = Object.entries(m.holes);
  const lines = [`${e.id} (${e.class})`, ...labelled('TEXT', e.text.replaceAll(/<(\w+):\w+>/g, '<$1>'), columns)];
  if (here.length > 0) lines.push(...labelled('HERE', here.map(([name, value]) => `${name} = ${value}`).join(', '), columns));
  lines.push(...labelled('MEANS', e.means, columns), ...labelled('IS NOT', e.isNot, columns));
  for (const [i, c] of e.causes.entries()) {
    lines.push(...labelled(i === 0 ? 'CAUSES' : '', `${i + 1}. ${c.cause}`, columns));
    lines.push(...wrap(oneLine(`seen by: ${c.seenBy}`), columns - LABEL - 3).map((line) => ' '.repeat(LABEL + 3) + line));
  }
  lines.push(...labelled('NEXT', e.next, columns));
  for (const [i, v] of e.versions.entries()) {
    const where = v.source.module === null ? `Go ${v.from} to ${v.to}` : `${v.source.module} ${v.to}`;
    lines.push(...labelled(i === 0 ? 'FROM' : '', `${v.source.file} ${v.source.symbol}, ${where}`, columns));
  }
  return lines;
}

function unknownText(text: string, columns: number): string[] {
  const close = closestPatterns(text, CLOSEST);
  const lines = wrap(`none of the ${GO_ERRORS.length} error texts that gorca knows stands in this text; it may be the service's own`, columns);
  if (close.length === 0) return [...lines, ...wrap('and none is like it; docs/errors.md lists them', columns)];
  lines.push('', 'the closest:');
  for (const c of close) {
    lines.push(`  ${c.pattern.id}`);
    lines.push(...wrap(oneLine(c.pattern.text.replaceAll(/<(\w+):\w+>/g, '<$1>')), columns - 6).map((l) => `      ${l}`));
    const differs = [
      ...c.nearly.map((n) => `"${n.text}" here is "${n.pattern}" there`),
      ...(c.missing.length === 0 ? [] : [`not here: ${c.missing.join(' ')}`]),
      ...(c.missing.length === 0 && c.nearly.length === 0 ? ['the same words, in another order or with others between'] : []),
    ];
    lines.push(...wrap(oneLine(`differs: ${differs.join('; ')}`), columns - 6).map((l) => `      ${l}`));
  }
  lines.push('', ...wrap(`gorca explain ${close[0]?.pattern.id} shows what the first means`, columns));
  return lines;
}
