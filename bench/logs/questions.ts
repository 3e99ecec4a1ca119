/** What is asked of gorca and of the others, and what is right. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { MINUTE, type Shape, SLOW_MS, type Truth } from '../generate/logs/index.ts';
import type { Contestant } from './measure.ts';
import { checkMerged } from './merged.ts';
import type { Peers } from './peers.ts';
import type { Question } from './table.ts';

export interface Asked extends Question {
  readonly contestants: readonly Contestant[];
}

export interface Logs {
  readonly one: Readonly<Record<Shape, { readonly path: string; readonly truth: Truth }>>;
  readonly many: { readonly paths: readonly string[]; readonly truths: readonly Truth[] };
  /** Only when it was asked for. */
  readonly large: { readonly path: string; readonly truth: Truth } | null;
  readonly tiny: { readonly path: string; readonly truth: Truth };
}

export interface Setting {
  readonly peers: Peers;
  readonly logs: Logs;
  /** Where gorca and hl keep their indexes. */
  readonly cache: string;
  /** bench/peers/log-signatures.ts, bundled. */
  readonly signatures: string;
  /** bench/peers/log-columns.ts, bundled. */
  readonly columns: string;
  /** Commands of `gorca logs` that this build has. */
  readonly commands: ReadonlySet<string>;
}

const GORCA = join('dist', 'cli', 'main.js');
const gorca = (name: string, ...args: readonly string[]): Contestant => ({ name: `gorca ${name}`, command: process.execPath, args: [GORCA, ...args], answer: number });
const shell = (name: string, script: string, ...args: readonly string[]): Contestant => ({ name, command: 'sh', args: ['-c', script, 'sh', ...args], answer: number });

/** The last number; `rg -c` prints nothing for none and one line for each of several files. */
const number = (output: string): string => /(\d+)\s*$/.exec(output)?.[1] ?? '0';
const sum = (output: string): string =>
  output
    .split('\n')
    .filter((l) => l !== '')
    .reduce((n, l) => n + Number(l.slice(l.lastIndexOf(':') + 1)), 0)
    .toString();

const rg = (peers: Peers, name: string, ...args: readonly string[]): Contestant[] =>
  peers.rg === undefined ? [] : [{ name: `rg ${name}`, command: peers.rg.path, args, answer: sum, noneStatus: 1 }];
const python = (peers: Peers, name: string, sql: string, answer: Contestant['answer'] = number): Contestant[] =>
  peers.duckdb === undefined
    ? []
    : [{ name: `DuckDB ${name}`, command: peers.duckdb.path, args: ['-c', `import duckdb\nfor row in duckdb.sql(${JSON.stringify(sql)}).fetchall(): print(*row)`], answer }];
const agrind = (peers: Peers, path: string, parser: string): Contestant[] =>
  peers.agrind === undefined
    ? []
    : [{ name: 'angle-grinder', command: peers.agrind.path, args: ['-f', path, `* | ${parser} | where level == "error" || level == "ERROR" | count`], answer: number }];
const hl = (peers: Peers, name: string, path: string, ...args: readonly string[]): Contestant[] =>
  peers.hl === undefined ? [] : [shell(`hl ${name}`, 'hl="$1"; file="$2"; shift 2; "$hl" --raw -P "$@" "$file" | wc -l', peers.hl.path, path, ...args)];

/** ripgrep's pattern for a level that is the record's own, as these two loggers order their keys; and what is usually typed. */
const MINUTE_QUERY = `since=${new Date(MINUTE.fromMs).toISOString()} time<${new Date(MINUTE.toMs).toISOString()}`;
const RIGHT = '^\\{("level":"error"|"time":"[^"]*","level":"ERROR")';
const USUAL = '"level":"(error|ERROR)"';

export function questions({ peers, logs, cache, signatures, columns, commands }: Setting): Asked[] {
  const { ndjson, hard, logfmt, console: zapConsole, klog } = logs.one;
  const megabytes = (t: Truth): string => `${(t.bytes / 1e6).toFixed(0)} MB`;
  const level = (t: Truth): string => (t.byLevel['error'] ?? 0).toString();
  const total = (pick: (t: Truth) => number): number => logs.many.truths.reduce((n, t) => n + pick(t), 0);
  const many = total((t) => t.bytes);
  const grep = (...args: readonly string[]): Contestant => gorca('logs grep -c', 'logs', 'grep', '-c', ...args);
  const jq = (name: string, filter: string, path: string, ...flags: readonly string[]): Contestant[] =>
    peers.jq === undefined ? [] : [{ name, command: peers.jq.path, args: [...flags, filter, path], answer: number }];

  const asked: Asked[] = [
    {
      title: 'start-up: level=error in 1 KB',
      bytes: logs.tiny.truth.bytes,
      truth: level(logs.tiny.truth),
      contestants: [
        grep('level=error', logs.tiny.path),
        { name: 'node -e 0', command: process.execPath, args: ['-e', '0'], answer: null },
        ...rg(peers, 'right', '-c', RIGHT, logs.tiny.path),
      ],
    },
    {
      title: `level=error in ${megabytes(ndjson.truth)} of zap and slog JSON (${ndjson.truth.records} records)`,
      bytes: ndjson.truth.bytes,
      truth: level(ndjson.truth),
      contestants: [
        grep('level=error', ndjson.path),
        ...rg(peers, 'right pattern', '-c', RIGHT, ndjson.path),
        ...rg(peers, 'usual pattern', '-c', USUAL, ndjson.path),
        ...rg(peers, 'usual pattern -i', '-ci', '"level":"error"', ndjson.path),
        ...python(peers, 'read_json', `select count(*) from read_json('${ndjson.path}', format='newline_delimited', columns={'level':'VARCHAR'}) where lower(level) = 'error'`),
        ...hl(peers, '-q level', ndjson.path, '-q', 'level in (error,ERROR)'),
        ...agrind(peers, ndjson.path, 'json'),
        ...jq('jq', 'reduce (inputs | select(.level == "error" or .level == "ERROR")) as $r (0; . + 1)', ndjson.path, '-n'),
      ],
    },
    {
      title: `level=error in ${megabytes(logfmt.truth)} of logfmt (${logfmt.truth.records} records)`,
      bytes: logfmt.truth.bytes,
      truth: level(logfmt.truth),
      contestants: [
        grep('level=error', logfmt.path),
        ...rg(peers, 'right pattern', '-c', '^time=[^ ]+ level=error ', logfmt.path),
        ...rg(peers, 'usual pattern', '-c', 'level=error', logfmt.path),
        ...rg(peers, 'usual pattern -i', '-ci', 'level=error', logfmt.path),
        ...hl(peers, '-f level', logfmt.path, '-f', 'level=error'),
        ...agrind(peers, logfmt.path, 'logfmt'),
      ],
    },
    {
      // no literal: every line is looked at. What fails is logged as an error
      title: `status>=500 in ${megabytes(logfmt.truth)} of logfmt`,
      bytes: logfmt.truth.bytes,
      truth: level(logfmt.truth),
      contestants: [
        grep('status>=500', logfmt.path),
        ...rg(peers, 'right pattern', '-c', ' status=[5-9][0-9][0-9] ', logfmt.path),
        ...hl(peers, '-q status', logfmt.path, '-q', 'status >= 500'),
        ...(peers.agrind === undefined
          ? []
          : [{ name: 'angle-grinder', command: peers.agrind.path, args: ['-f', logfmt.path, '* | logfmt | where status >= 500 | count'], answer: number }]),
      ],
    },
    {
      // a member of an object, which only half of the records have
      title: `http.status>=500 in ${megabytes(ndjson.truth)} of zap and slog JSON`,
      bytes: ndjson.truth.bytes,
      truth: ndjson.truth.failed.toString(),
      contestants: [
        grep('http.status>=500', ndjson.path),
        ...rg(peers, 'right pattern', '-c', '"http":\\{[^{}]*"status":[5-9][0-9][0-9][,}]', ndjson.path),
        ...hl(peers, '-q http.status', ndjson.path, '-q', 'http.status >= 500'),
        ...jq('jq', 'reduce (inputs | select(.http.status >= 500)) as $r (0; . + 1)', ndjson.path, '-n'),
      ],
    },
    {
      // zap writes seconds, slog nanoseconds: whoever asks the others must know
      title: `dur>${SLOW_MS}ms in ${megabytes(ndjson.truth)} of zap and slog JSON`,
      bytes: ndjson.truth.bytes,
      truth: ndjson.truth.slow.toString(),
      contestants: [
        grep(`dur>${SLOW_MS}ms`, ndjson.path),
        ...jq('jq', `reduce (inputs | select(.elapsed > (if .ts then ${SLOW_MS / 1e3} else ${SLOW_MS * 1e6} end))) as $r (0; . + 1)`, ndjson.path, '-n'),
      ],
    },
    {
      title: `dur>${SLOW_MS}ms in ${megabytes(logfmt.truth)} of logfmt`,
      bytes: logfmt.truth.bytes,
      truth: logfmt.truth.slow.toString(),
      contestants: [
        grep(`dur>${SLOW_MS}ms`, logfmt.path),
        // to the microsecond, as it is printed
        ...rg(peers, 'right pattern', '-c', ' elapsed=(250\\.(00[1-9]|0[1-9][0-9]|[1-9][0-9]{2})|25[1-9]\\.[0-9]+|2[6-9][0-9]\\.[0-9]+|[3-9][0-9]{2}\\.[0-9]+)ms', logfmt.path),
      ],
    },
    {
      title: `level=error in ${megabytes(hard.truth)} of hard JSON: shuffled keys, escapes, one line in 20 cut off`,
      bytes: hard.truth.bytes,
      truth: level(hard.truth),
      contestants: [
        grep('level=error', hard.path),
        ...rg(peers, 'usual pattern', '-c', USUAL, hard.path),
        ...agrind(peers, hard.path, 'json'),
        ...jq('jq, fromjson?', 'reduce (inputs | fromjson? | select(.level == "error" or .level == "ERROR")) as $r (0; . + 1)', hard.path, '-nR'),
        ...python(
          peers,
          'ignore_errors',
          `select count(*) from read_json('${hard.path}', format='newline_delimited', ignore_errors=true, columns={'level':'VARCHAR'}) where lower(level) = 'error'`,
        ),
        ...hl(peers, '-q level', hard.path, '-q', 'level in (error,ERROR)'),
      ],
    },
    {
      title: `level=error in ${megabytes(zapConsole.truth)} of zap's console form (${zapConsole.truth.records} records)`,
      bytes: zapConsole.truth.bytes,
      truth: level(zapConsole.truth),
      contestants: [
        grep('level=error', zapConsole.path),
        ...rg(peers, 'right pattern', '-c', '^[^\\t]+\\tERROR\\t', zapConsole.path),
        ...rg(peers, 'usual pattern', '-c', 'ERROR', zapConsole.path),
      ],
    },
    {
      title: `level=error in ${megabytes(klog.truth)} of klog (${klog.truth.records} records)`,
      bytes: klog.truth.bytes,
      truth: level(klog.truth),
      contestants: [grep('level=error', klog.path), ...rg(peers, 'right pattern', '-c', '^E\\d{4} ', klog.path)],
    },
    {
      title: `one trace id in ${megabytes(ndjson.truth)}`,
      bytes: ndjson.truth.bytes,
      truth: ndjson.truth.traceLines.toString(),
      contestants: [
        grep(`trace_id=${ndjson.truth.trace}`, ndjson.path),
        ...rg(peers, '-F', '-cF', ndjson.truth.trace, ndjson.path),
        ...hl(peers, '-f trace_id', ndjson.path, '-f', `trace_id=${ndjson.truth.trace}`),
      ],
    },
    {
      title: `one trace id in ${logs.many.paths.length} files, ${(many / 1e6).toFixed(0)} MB`,
      bytes: many,
      truth: total((t) => t.traceLines).toString(),
      contestants: [grep(`trace_id=${ndjson.truth.trace}`, ...logs.many.paths), ...rg(peers, '-F', '-cF', ndjson.truth.trace, ...logs.many.paths)],
    },
    {
      title: `one minute of ${megabytes(ndjson.truth)} (${ndjson.truth.minute} records)`,
      bytes: ndjson.truth.bytes,
      truth: ndjson.truth.minute.toString(),
      contestants: [
        grep(MINUTE_QUERY, ndjson.path),
        ...rg(peers, 'pattern of the minute', '-c', minutePattern(), ndjson.path),
        ...hl(peers, '--since --until', ndjson.path, '--since', new Date(MINUTE.fromMs).toISOString(), '--until', new Date(MINUTE.toMs).toISOString()),
      ],
    },
    {
      title: `known error texts (literals of all patterns at once) in ${megabytes(ndjson.truth)}`,
      bytes: ndjson.truth.bytes,
      // every error has one, nothing else does
      truth: level(ndjson.truth),
      contestants: [
        { name: 'gorca, kernel on two threads', command: process.execPath, args: [signatures, ndjson.path, '2'], answer: number },
        { name: 'gorca, kernel on one thread', command: process.execPath, args: [signatures, ndjson.path, '1'], answer: number },
        ...(peers.rg === undefined
          ? []
          : [
              shell(
                'rg -F -f',
                'node="$1"; signatures="$2"; rg="$3"; file="$4"; "$node" "$signatures" | "$rg" -c -F -f - "$file"',
                process.execPath,
                signatures,
                peers.rg.path,
                ndjson.path,
              ),
            ]),
      ],
    },
    {
      title: `${logs.many.paths.length} files, ${(many / 1e6).toFixed(0)} MB, into one by time (${total((t) => t.records)} records)`,
      bytes: many,
      truth: null,
      contestants: merging(peers, logs, cache),
    },
  ];
  if (commands.has('stats')) asked.push(byLevel(peers, ndjson), everyField(peers, ndjson, columns));
  if (commands.has('patterns')) {
    asked.push({
      title: `patterns in ${megabytes(ndjson.truth)} (${ndjson.truth.records} records)`,
      bytes: ndjson.truth.bytes,
      // every record is in one pattern
      truth: ndjson.truth.records.toString(),
      contestants: [{ ...gorca('logs patterns --json', 'logs', 'patterns', '--json', ndjson.path), answer: inPatterns }],
    });
  }
  if (commands.has('index'))
    asked.push(...withIndex(peers, logs.one.ndjson, logs.tiny.path, cache), ...(logs.large === null ? [] : withIndex(peers, logs.large, logs.tiny.path, cache)));
  return asked;
}

const inPatterns = (output: string): string => (JSON.parse(output) as { patterns: { count: number }[] }).patterns.reduce((n, p) => n + p.count, 0).toString();

/** From here on an index lies in the cache: nothing that is asked without one may follow. */
function withIndex(peers: Peers, { path, truth }: { readonly path: string; readonly truth: Truth }, tiny: string, cache: string): Asked[] {
  const size = `${(truth.bytes / 1e6).toFixed(0)} MB`;
  const store = join(cache, 'gorca');
  let made = false;
  const forget = (): void => {
    rmSync(store, { recursive: true, force: true });
    made = true;
  };
  const make: Contestant = { name: 'gorca logs index', command: process.execPath, args: [GORCA, 'logs', 'index', path], answer: null, prepare: forget };
  // the last run of the question before left one
  const before = (): void => {
    if (made) return;
    forget();
    spawnSync(make.command, make.args, { env: { ...process.env, XDG_CACHE_HOME: cache }, stdio: 'ignore' });
  };
  const started: Contestant = { name: 'gorca, of a log of 1 KB', command: process.execPath, args: [GORCA, 'logs', 'grep', '-c', 'level=error', tiny], answer: null };
  const ask = (what: string, query: string, right: number, others: readonly Contestant[]): Asked => ({
    title: `${what} of ${size}, by the index (${right} records)`,
    bytes: truth.bytes,
    truth: right.toString(),
    before,
    contestants: [gorca('logs grep -c', 'logs', 'grep', '-c', query, path), started, ...others],
  });
  return [
    {
      title: `index of ${size}`,
      bytes: truth.bytes,
      truth: null,
      contestants: [make],
      note: () => `the index has ${((100 * folderBytes(store)) / truth.bytes).toFixed(2)} % of the log's size`,
    },
    ask('one trace id', `trace_id=${truth.trace}`, truth.traceLines, rg(peers, '-F', '-cF', truth.trace, path)),
    ask('one minute', MINUTE_QUERY, truth.minute, rg(peers, 'pattern of the minute', '-c', minutePattern(), path)),
    ask('level=fatal', 'level=fatal', truth.byLevel['fatal'] ?? 0, rg(peers, 'right pattern', '-c', '^\\{"level":"fatal"', path)),
    ask('level=error', 'level=error', truth.byLevel['error'] ?? 0, rg(peers, 'right pattern', '-c', RIGHT, path)),
  ];
}

const folderBytes = (folder: string): number =>
  existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }).reduce((n, e) => n + (e.isFile() ? statSync(join(e.parentPath, e.name)).size : 0), 0) : 0;

interface Groups {
  readonly groups: readonly { readonly values: readonly (string | null)[]; readonly count: number }[];
}

function byLevel(peers: Peers, { path, truth }: { readonly path: string; readonly truth: Truth }): Asked {
  const right = Object.entries(truth.byLevel)
    .filter(([, n]) => n > 0)
    .map(([name, n]) => `${name}=${n}`)
    .sort()
    .join(' ');
  const ofGroups = (output: string): string =>
    (JSON.parse(output) as Groups).groups
      .map((g) => `${g.values[0]}=${g.count}`)
      .sort()
      .join(' ');
  const ofRows = (output: string): string =>
    output
      .trim()
      .split('\n')
      .map((l) => l.trim().replace(/\s+/, '='))
      .sort()
      .join(' ');
  // an unmeasured second program would have to fold case as well: angle-grinder's answer is folded here
  const folded = (output: string): string => {
    const sums = new Map<string, number>();
    for (const row of output.trim().split('\n').slice(2)) {
      const [name = '', count = '0'] = row.trim().split(/\s+/);
      sums.set(name.toLowerCase(), (sums.get(name.toLowerCase()) ?? 0) + Number(count));
    }
    return [...sums]
      .map(([name, n]) => `${name}=${n}`)
      .sort()
      .join(' ');
  };
  const sql = `select lower(level), count(*) from read_json('${path}', format='newline_delimited', columns={'level':'VARCHAR'}) group by 1`;
  return {
    title: `records by level in ${(truth.bytes / 1e6).toFixed(0)} MB`,
    bytes: truth.bytes,
    truth: right,
    contestants: [
      { ...gorca('logs stats --by level', 'logs', 'stats', '--by', 'level', '--json', path), answer: ofGroups },
      ...python(peers, 'group by level', sql, ofRows),
      ...(peers.agrind === undefined ? [] : [{ name: 'angle-grinder', command: peers.agrind.path, args: ['-f', path, '* | json | count by level'], answer: folded }]),
    ],
  };
}

interface Fields {
  readonly fields: readonly { readonly name: string; readonly records: number }[];
}

/** All fields of all records; four of them, which every record has, are compared. */
function everyField(peers: Peers, { path, truth }: { readonly path: string; readonly truth: Truth }, columns: string): Asked {
  const names = ['level', 'msg', 'service', 'trace_id'];
  const ofFields = (output: string): string => {
    const { fields } = JSON.parse(output) as Fields;
    return names.map((name) => fields.find((f) => f.name === name)?.records ?? 0).join(' ');
  };
  return {
    title: `every field of ${(truth.bytes / 1e6).toFixed(0)} MB: how many records have it`,
    bytes: truth.bytes,
    truth: names.map(() => truth.records).join(' '),
    contestants: [
      { ...gorca('logs stats --fields', 'logs', 'stats', '--fields', '--json', path), answer: ofFields },
      { name: 'gorca, kernel on two threads', command: process.execPath, args: [columns, path], answer: (output) => names.map(() => number(output)).join(' ') },
      // it has no order of its own: the names are put first
      ...python(
        peers,
        'count of every column',
        `select ${names.map((n) => `count(${n})`).join(', ')}, count(columns(*)) from read_json('${path}', format='newline_delimited')`,
        // its progress bar ends where the row begins
        (output) =>
          output
            .slice(output.lastIndexOf('\r') + 1)
            .trim()
            .split(/\s+/)
            .filter((w) => /^\d+$/.test(w))
            .slice(0, names.length)
            .join(' '),
      ),
    ],
  };
}

function merging(peers: Peers, logs: Logs, cache: string): Contestant[] {
  const { paths, truths } = logs.many;
  const check = checkMerged(
    truths.reduce((n, t) => n + t.records, 0),
    truths.reduce((n, t) => n + t.bytes, 0),
  );
  const ours: Contestant = {
    name: "gorca logs grep '' --order time",
    command: process.execPath,
    args: [GORCA, 'logs', 'grep', '', '--order', 'time', ...paths],
    answer: null,
    check,
  };
  if (peers.hl === undefined) return [ours];
  const sorted = { command: peers.hl.path, args: ['-s', '--raw', '-P', ...paths], answer: null, check };
  const forget = (): void => rmSync(join(cache, 'hl'), { recursive: true, force: true });
  return [
    ours,
    { ...sorted, name: 'hl -s --raw, cold', prepare: forget },
    { ...sorted, name: 'hl -s --raw, indexed' },
    { name: 'hl -s, indexed', command: peers.hl.path, args: ['-s', '-P', ...paths], answer: null },
  ];
}

/** Both loggers' ways to write a time within MINUTE. */
function minutePattern(): string {
  const from = MINUTE.fromMs / 1000;
  const tens = Array.from({ length: 6 }, (_none, i) => `${(from + i * 10).toString().slice(0, -1)}[0-9]`).join('|');
  return `^\\{("time":"${new Date(MINUTE.fromMs).toISOString().slice(0, 17)}|"level":"[a-z]+","ts":(${tens})\\.)`;
}
