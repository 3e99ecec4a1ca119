/** Traces written as text, one event a line, as Go's own tests keep them (internal/trace/raw), into bytes. */
import { readFileSync } from 'node:fs';
import { ARGUMENTS, KIND } from '../events.ts';

const STRUCTURE: Record<string, number> = {
  EventBatch: 1,
  Stacks: 2,
  Stack: 3,
  Strings: 4,
  String: 5,
  CPUSamples: 6,
  CPUSample: 7,
  Frequency: 8,
  ExperimentalBatch: 49,
  Sync: 50,
  ClockSnapshot: 51,
  EndOfGeneration: 52,
};

export interface WireTest {
  readonly bytes: Uint8Array;
  readonly success: boolean;
}

/** A `.test` file of internal/trace/testdata/tests: what is expected, and the trace. */
export function readWireTest(file: string): WireTest {
  const text = readFileSync(file, 'utf8');
  const [, expect = '', trace = ''] = text.split(/^-- (?:expect|trace) --\n/m);
  return { success: expect.startsWith('SUCCESS'), bytes: wireBytes(trace) };
}

export function wireBytes(text: string): Uint8Array {
  const out: number[] = [];
  const lines = text
    .split('\n')
    .map((l) => l.trim())
    .filter((l) => l !== '' && !l.startsWith('#'));
  const header = /^Trace Go1\.(\d+)$/.exec(lines[0] ?? '');
  if (header === null) throw new Error(`no header: ${lines[0]}`);
  out.push(...Buffer.from(`go 1.${header[1]} trace\0\0\0`));
  for (let i = 1; i < lines.length; i++) {
    const [name = '', ...words] = (lines[i] as string).split(/\s+/);
    const values = words.map((w) => BigInt(w.slice(w.indexOf('=') + 1)));
    const type = STRUCTURE[name] ?? KIND[name as keyof typeof KIND];
    if (type === undefined) throw new Error(`unknown event ${name}`);
    out.push(type);
    if (STRUCTURE[name] === undefined && values.length !== (ARGUMENTS[type] as number) + 1) throw new Error(`${name} has ${values.length} arguments`);
    if (name === 'ExperimentalBatch') out.push(Number(values.shift()));
    for (const v of values) uvarint(out, v);
    if (name === 'Stack')
      for (let frames = Number(values[1]); frames > 0; frames--) {
        const frame = /^pc=(\d+) func=(\d+) file=(\d+) line=(\d+)$/.exec(lines[++i] as string) as RegExpExecArray;
        for (const part of frame.slice(1)) uvarint(out, BigInt(part));
      }
    if (name === 'String' || name === 'ExperimentalBatch') {
      const data = Buffer.from(JSON.parse((lines[++i] as string).slice('data='.length)) as string);
      uvarint(out, BigInt(data.length));
      out.push(...data);
    }
  }
  return Uint8Array.from(out);
}

export function uvarint(out: number[], value: bigint): void {
  let v = value;
  while (v >= 0x80n) {
    out.push(Number(v & 0x7fn) | 0x80);
    v >>= 7n;
  }
  out.push(Number(v));
}
