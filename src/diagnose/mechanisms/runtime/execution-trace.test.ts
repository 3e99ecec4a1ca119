/** What only an execution trace proves, over recorded traces (go/zoo/tracestories): each cause, and what is very like it. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { collectFiles } from '../../../collect/files/index.ts';
import { investigate } from '../../../investigate.ts';
import { memorySource, type Report, readSlice } from '../../../model/index.ts';

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

  it('half a trace holds no generation: nothing is said, and nothing is absent', async () => {
    const report = await reported('lock-across-io', 9000);
    expect(symptoms(report)).toEqual([]);
    expect(named(report)).toEqual([]);
    expect(JSON.stringify(report)).toMatch(/execution-trace\/(?:cut|no-generation)/);
  });
});
