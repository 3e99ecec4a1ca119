/** Prints the sources that the error patterns name, for scripts/record-errors to look at. */
import process from 'node:process';
import { sourceKey } from '../src/knowledge/go-errors/error-pattern.ts';
import { ERROR_PATTERNS, longestLiteral } from '../src/knowledge/go-errors/list.ts';

const sources = new Map<string, object>();
for (const p of ERROR_PATTERNS) {
  const text = longestLiteral(p.text);
  for (const s of p.by) sources.set(sourceKey(s, text), { key: sourceKey(s, text), module: s.module, file: s.file, symbol: s.symbol, text: s.holds ?? text });
}
process.stdout.write(JSON.stringify([...sources.values()]));
