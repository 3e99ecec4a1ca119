/** What only an execution trace proves, over recorded traces (go/zoo/tracestories): each cause, and what is very like it. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { collectFiles } from '../../../collect/files/index.ts';
import { investigate } from '../../../investigate.ts';
import { heldAcrossWait, schedulerLate, stoodStill } from '../../../model/conditions/execution-trace.ts';
import { lockConvoy } from '../../../model/conditions/goroutines.ts';
import { type Facts, type Kind, memorySource, processOf, type Report, readSlice } from '../../../model/index.ts';
import { goGrammarBytes } from '../../../platform/go-grammar.ts';
import { prepareGoSource } from '../../../read/go-source/index.ts';
import { Chainer } from '../../chain.ts';
import { askOf, stated } from '../../testing/world.ts';
import { standstillDelaysGoroutines } from './standstill-delays-goroutines/index.ts';
import { tracedHolderHoldsConvoy } from './traced-holder-holds-convoy/index.ts';

const story = (name: string): string => fileURLToPath(new URL(`../../../../go/zoo/testdata/trace-stories/${name}.go1.26.trace`, import.meta.url));

async function reported(name: string, upTo?: number): Promise<Report> {
  const { artifacts, problems, gaps } = await collectFiles([story(name)]);
  expect(artifacts.length).toBe(1);
  const [a] = artifacts;
  const given = upTo === undefined ? artifacts : [{ ...a!, source: memorySource(readSlice(a!.source, 0, upTo)) }];
  return investigate(given, { problems, gaps }).report;
}

interface Named {
  readonly by: string | null;
  readonly verdict: string;
  readonly culprits: readonly string[];
}
const named = (report: Report): Named[] =>
  report.incidents.flatMap((i) =>
    i.causes.map((c) => ({
      by: c.mechanism,
      verdict: c.verdict,
      culprits: c.culprits.map((x) => (x.function === undefined ? (x.ref ?? '') : `${x.function} ${x.file?.replace(/^.*\//, '')}:${x.line}`)),
    })),
  );
const symptoms = (report: Report): string[] => report.incidents.flatMap((i) => i.symptoms.map((s) => s.condition));

describe('a trace leads to', () => {
  it.each([
    ['lock-across-io', 'runtime/lock-held-across-wait', ['main.(*rateClient).Rate locks.go:50', 'main.(*Accounts).PostAtRate locks.go:66']],
    [
      'lock-across-http',
      'runtime/lock-held-across-wait',
      [expect.stringMatching(/^main\.ask tasks\.go:\d+$/), expect.stringMatching(/^main\.\(\*Accounts\)\.PostOverHTTP locks\.go:\d+$/)],
    ],
    ['lock-across-syscall', 'runtime/lock-held-across-wait', ['main.(*Journal).Append locks.go:156']],
    ['channel-slow-consumer', 'runtime/one-receiver', ['main.(*Mailer).Deliver queues.go:17']],
    ['mem-stats', 'runtime/program-stops-world', ['main.Report scheduling.go:111']],
    ['dump-of-goroutines', 'runtime/capture-stops-world', ['the capture of profiles and dumps']],
    ['processor-quota', 'runtime/quota-stops-process', [expect.stringMatching(/^CPU limit of processor-quota/)]],
    ['too-few-processors', 'runtime/processors-too-few', [expect.stringMatching(/^main\.init\.func\d+\.computing\.1\.2 scheduling\.go:26$/)]],
  ])('%s: %s', async (name, by, culprits) => {
    const report = await reported(name);
    expect(report.outcome).toBe('cause-found');
    expect(named(report)).toEqual([{ by, verdict: 'supported', culprits }]);
    // a trace is no text: its bytes are shown as such, and no line is named
    expect(report.places.length).toBeGreaterThan(0);
    expect(report.places.filter((p) => p.line !== undefined || !p.excerpt.startsWith('hex:'))).toEqual([]);
  });
});

describe('very like it, and not it', () => {
  it.each([
    // a lock that is held as long, by somebody who computes
    ['lock-computes', ['execution-trace/lock-queue']],
    // a queue as long, with several that receive
    ['channel-many-consumers', ['execution-trace/channel-queue']],
  ])('%s: the harm is seen, its cause is not', async (name, seen) => {
    const report = await reported(name);
    expect(report.outcome).toBe('unproven');
    expect(symptoms(report)).toEqual(seen);
    expect(named(report).filter((n) => n.verdict === 'supported' || n.verdict === 'confirmed')).toEqual([]);
  });

  // the call before the lock; a receiver that waits for its sender; enough processors; tasks that sleep; a service under light load
  it.each(['lock-across-io.healthy', 'channel-idle-consumer', 'too-few-processors.healthy', 'generations', 'critical-path', 'task-waits-for-network', 'healthy'])(
    '%s: no incident',
    async (name) => {
      const report = await reported(name);
      expect({ outcome: report.outcome, symptoms: symptoms(report) }).toEqual({ outcome: 'no-incident', symptoms: [] });
    },
  );

  it('processors that are too few are not blamed where the process gets no time on them', async () => {
    const report = await reported('processor-quota.one');
    expect(symptoms(report).sort()).toEqual(['execution-trace/scheduler-late', 'execution-trace/stood-still']);
    expect(named(report).map((n) => n.by)).toEqual(['runtime/quota-stops-process']);
    expect(JSON.stringify(report.incidents.map((i) => i.rejected))).toMatch(/runtime\/processors-too-few/);
  });

  it('a process that stood still now and then is not late for that where what waits is a crowd: the processors are too few', async () => {
    const { artifacts } = await collectFiles([story('processor-quota.crowd')]);
    const { report, whyNot } = investigate(artifacts);
    // it did stand still, for longer than most things wait
    expect(symptoms(report)).toContain('execution-trace/scheduler-late');
    expect(JSON.stringify(report.incidents.map((i) => i.unexplained))).toMatch(/no thread of the process ran/);
    expect(whyNot('runtime/standstill-delays-goroutines').map((w) => w.verdict)).toEqual(['associated']);
    expect(named(report)).toEqual([
      { by: 'runtime/processors-too-few', verdict: 'supported', culprits: [expect.stringMatching(/^main\.init\.func\d+\.crowded\.1\.1 scheduling\.go:\d+$/)] },
    ]);
  });

  it('half a trace holds no generation: nothing is said, and nothing is absent', async () => {
    const report = await reported('lock-across-io', 9000);
    expect(symptoms(report)).toEqual([]);
    expect(named(report)).toEqual([]);
    expect(JSON.stringify(report)).toMatch(/execution-trace\/(?:cut|no-generation)/);
  });
});

describe('a standstill and what is late', () => {
  const [orders, users] = [processOf('orders@1'), processOf('users@1')];
  const late = (facts: Facts = {}) => stated(schedulerLate as Kind, orders, 100, { facts: { p90Ms: 60, p99Ms: 90, mostMs: 100, count: 500, processors: 1, ...facts } });
  const stood = (of = orders, facts: Facts = {}) => stated(stoodStill as Kind, of, 100, { facts: { count: 4, totalMs: 340, share: 0.5, mostMs: 85, ...facts } });
  const verdict = (effect: ReturnType<typeof late>, cause: ReturnType<typeof stood>): string | undefined =>
    new Chainer([standstillDelaysGoroutines], new Map(), askOf({ conditions: [effect, cause], covered: [] })).explain(effect).chains.find((c) => c.link !== null)?.verdict;
  it('are one where what waits waits about as long as nothing ran', () => {
    expect(verdict(late(), stood())).toBe('supported');
  });
  it('near miss: what waits waits many times as long, or another process stood still', () => {
    expect(verdict(late({ mostMs: 1200 }), stood())).toBe('associated');
    expect(verdict(late(), stood(users))).toBe(undefined);
  });
});

describe('a queue that dumps and a trace show', () => {
  const chains = (path: string): string => fileURLToPath(new URL(`../../../../go/zoo/${path}`, import.meta.url));
  const of = async (...paths: string[]): Promise<Report> => investigate((await collectFiles(paths.map(chains))).artifacts).report;
  const RECORDED = 'testdata/chains/convoy-traced';

  it('has one cause, with the evidence of both and of the source', async () => {
    const wasm = goGrammarBytes();
    if (wasm !== null) await prepareGoSource(wasm);
    const report = await of(RECORDED, 'chains/archive.go');
    expect(report.outcome).toBe('cause-found');
    const [first, ...others] = report.incidents;
    expect(symptoms({ ...report, incidents: [first!] })).toEqual(expect.arrayContaining(['goroutines/lock-convoy', 'execution-trace/lock-queue', 'requests/slow']));
    expect(first?.causes.map((c) => c.mechanism)).toHaveLength(1);
    expect(first?.causes[0]?.chain.map((l) => l.condition).slice(0, 3)).toEqual(['source/io-under-lock', 'execution-trace/held-across-wait', 'goroutines/lock-convoy']);
    expect(first?.causes[0]?.culprits[0]).toMatchObject({ function: 'main.(*folder).file', line: 25 });
    // that who is asked became slower is told beside it
    expect(others.flatMap((i) => i.causes)).toEqual([]);
  });

  it('the call is tied to the source where it is made, although the wait is deeper', async () => {
    const wasm = goGrammarBytes();
    if (wasm !== null) await prepareGoSource(wasm);
    const report = await of('testdata/trace-stories/lock-across-http.go1.26.trace', 'tracestories');
    expect(report.causes.map((c) => [c.mechanism, c.verdict, c.culprits.map((x) => `${x.function}:${x.line}`)])).toEqual([
      ['runtime/io-under-lock-traced', 'supported', [expect.stringMatching(/^main\.\(\*Accounts\)\.PostOverHTTP:\d+$/)]],
    ]);
  });

  it('without the source the trace names the holder for both', async () => {
    const report = await of(RECORDED);
    const [first] = report.incidents;
    expect(first?.causes.map((c) => c.mechanism)).toEqual(['runtime/traced-holder-holds-convoy']);
    expect(symptoms({ ...report, incidents: [first!] })).toEqual(expect.arrayContaining(['goroutines/lock-convoy', 'execution-trace/lock-queue']));
  });

  it('while all is well there is none', async () => {
    expect((await of(`${RECORDED}.well`, 'chains/archive.go')).outcome).toBe('no-incident');
  });

  it('near miss: another line, another function, another holder, another process, a dump without a line', () => {
    const [orders, users] = [processOf('orders@1'), processOf('users@1')];
    const held = stated(heldAcrossWait as Kind, orders, 100, {
      facts: {
        function: 'a.(*B).file',
        file: 'b.go',
        line: 25,
        reason: 'select',
        lockFunction: 'a.(*B).file',
        lockFile: 'b.go',
        releasedLine: 29,
        share: 0.7,
        heldMs: 30,
        waitFunction: 'a.(*B).add',
        waitLine: 22,
      },
    });
    const verdict = (facts: Facts, of = orders): string | undefined => {
      const effect = stated(lockConvoy as Kind, of, 100, {
        facts: {
          lock: '0xc1',
          waiters: 40,
          waitFunction: 'a.(*B).add',
          waitLine: 22,
          holderFunction: 'a.(*B).file',
          holderFile: 'b.go',
          holderLine: 25,
          holderWait: 'select',
          longestMinutes: null,
          ...facts,
        },
      });
      return new Chainer([tracedHolderHoldsConvoy], new Map(), askOf({ conditions: [effect, held], covered: [] })).explain(effect).chains.find((c) => c.link !== null)?.verdict;
    };
    expect(verdict({})).toBe('supported');
    expect(verdict({ holderFunction: null })).toBe('supported');
    expect(verdict({ holderFunction: 'a.(*B).file.func1' })).toBe('supported');
    expect(verdict({ waitLine: 23 })).toBe(undefined);
    expect(verdict({ waitLine: undefined as never })).toBe(undefined);
    expect(verdict({ waitFunction: 'a.(*C).add' })).toBe(undefined);
    expect(verdict({ holderFunction: 'a.(*B).flush' })).toBe(undefined);
    expect(verdict({}, users)).toBe(undefined);
  });
});
