/** Opens execution traces for the commands of `gorca trace`, and says what is wrong with them. */
import { Buffer } from 'node:buffer';
import { closeSync, openSync, writeSync } from 'node:fs';
import { collectFiles } from '../../collect/files/index.ts';
import { type Artifact, readSlice, SNIFF_BYTES } from '../../model/index.ts';
import { ChromeWriter } from '../../observe/lib/execution-trace/chrome.ts';
import { type Analysed, analyseTrace } from '../../observe/lib/execution-trace/summary.ts';
import { type EventColumns, type ExecutionTrace, executionTrace, type TraceGap, type TraceSink, type TraceTables } from '../../read/execution-trace/index.ts';
import type { PageOptions } from '../../report/execution-trace/index.ts';
import { oneLine } from '../../report/lib/safe-text.ts';
import type { FlagValues } from '../command.ts';
import type { Console } from '../console.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { printJson, styleOf } from '../output.ts';
import { UsageError } from '../usage-error.ts';

export interface OpenTrace {
  readonly name: string;
  readonly artifact: Artifact;
  readonly trace: ExecutionTrace;
}

/** Every execution trace in the inputs; an exit code where there is none. */
export async function openTraces(console: Console, inputs: readonly string[]): Promise<readonly OpenTrace[] | ExitCode> {
  if (inputs.length === 0) throw new UsageError('name a trace: gorca trace summary trace.out');
  const { artifacts, problems } = await collectFiles(inputs, { hash: false });
  const complain = (what: string, why: string, next: string): void => console.err(`${oneLine(what)}: ${oneLine(why)}; ${oneLine(next)}\n`);
  for (const p of problems) complain(p.what, p.why, p.next);
  const opened: OpenTrace[] = [];
  let others = 0;
  for (const artifact of artifacts) {
    const name = artifact.member ?? artifact.path;
    if (executionTrace.sniff(readSlice(artifact.source, 0, SNIFF_BYTES), artifact.source.sizeBytes).confidence === 0) {
      others++;
      continue;
    }
    const { model, problems: found } = executionTrace.read(artifact);
    for (const p of found) complain(`${name}: ${p.what}`, p.why, p.next);
    if (model !== null) opened.push({ name, artifact, trace: model });
  }
  if (opened.length > 0) return opened;
  if (others > 0)
    console.err(
      `${others === 1 ? 'the file is' : `none of the ${others} files is`} a Go execution trace (it begins with "go 1.NN trace"); curl -o trace.out 'http://HOST:PORT/debug/pprof/trace?seconds=5' takes one\n`,
    );
  return problems.some((p) => p.code === 'files/denied') ? EXIT.denied : EXIT.nothingReadable;
}

export const pageOptions = (console: Console, flags: FlagValues): PageOptions => ({
  ...styleOf(console, flags),
  ...(typeof flags['first'] === 'number' ? { first: flags['first'] } : {}),
});

/** Analyses each trace, and prints it with `page`; with --chrome also writes it for Perfetto. */
export async function printTraces(console: Console, flags: FlagValues, args: readonly string[], page: (a: Analysed, of: OpenTrace) => string): Promise<ExitCode> {
  const opened = await openTraces(console, args);
  if (typeof opened === 'number') return opened;
  const chrome = flags['chrome'];
  if (typeof chrome === 'string' && opened.length > 1) throw new UsageError('--chrome writes one trace: name one');
  let printed = 0;
  for (const of of opened) {
    const export_ = typeof chrome === 'string' ? new ChromeFile(chrome) : null;
    const analysed = analyseTrace(of.trace, export_ ?? undefined);
    export_?.close();
    if (analysed === null) {
      console.err(`${oneLine(of.name)}: the trace holds no event\n`);
      continue;
    }
    if (flags['json'] === true) printJson(console, { file: of.name, ...analysed.summary });
    else console.out(`${printed > 0 ? '\n' : ''}${page(analysed, of)}`);
    if (export_ !== null) console.err(`${oneLine(chrome as string)}: open it at https://ui.perfetto.dev (nothing leaves the browser) or in chrome://tracing\n`);
    printed++;
  }
  return printed === 0 ? EXIT.nothingReadable : EXIT.finished;
}

const CHUNK = 1 << 20;

/** The export goes to its file as it is made: the events come without a pause in which a stream could write. */
class ChromeFile implements TraceSink {
  readonly #fd: number;
  #writer: ChromeWriter | null = null;
  #text = '';

  constructor(path: string) {
    try {
      this.#fd = openSync(path, 'w');
    } catch (error) {
      throw new UsageError(`--chrome: ${(error as Error).message}`);
    }
  }

  events(columns: EventColumns, tables: TraceTables): void {
    this.#writer ??= new ChromeWriter(tables, (text) => {
      this.#text += text;
      if (this.#text.length >= CHUNK) this.#flush();
    });
    this.#writer.add(columns);
  }

  gap(gap: TraceGap): void {
    this.#writer?.gap(gap);
  }

  close(): void {
    this.#writer?.finish();
    this.#flush();
    closeSync(this.#fd);
  }

  #flush(): void {
    const bytes = Buffer.from(this.#text, 'utf8');
    this.#text = '';
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at);
    } catch (error) {
      throw new UsageError(`--chrome: ${(error as Error).message}`);
    }
  }
}
