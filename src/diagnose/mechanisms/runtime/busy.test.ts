/** What takes the CPU, a lock or a channel: against the services recorded by scripts/record-busy, whole piles as somebody would have them. */
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { collectFiles } from '../../../collect/files/index.ts';
import { investigate } from '../../../investigate.ts';
import { bucketGrowing } from '../../../model/conditions/goroutines.ts';
import { type Artifact, decodeText, memorySource, type Report, readSlice } from '../../../model/index.ts';
import { observers } from '../../../observe/index.ts';
import { openWorld } from '../../../observe/lib/world.ts';
import { goGrammarBytes } from '../../../platform/go-grammar.ts';
import { prepareGoSource } from '../../../read/go-source/index.ts';
import { readers } from '../../../read/index.ts';
import { openReadings } from '../../../read/lib/readings.ts';
import { slowConsumer } from '../go/slow-consumer/index.ts';

beforeAll(async () => {
  const wasm = goGrammarBytes();
  if (wasm !== null) await prepareGoSource(wasm);
});

const zoo = (name: string): string => fileURLToPath(new URL(`../../../../go/zoo/testdata/busy-${name}`, import.meta.url));

/** The report of a pile; `change` gives another text, or null for a file that was not taken. */
async function reported(name: string, change: (path: string, text: () => string) => string | null | undefined = () => undefined): Promise<Report> {
  const { artifacts, problems, gaps } = await collectFiles([zoo(name)]);
  const kept = artifacts.flatMap((a: Artifact) => {
    const path = a.member ?? a.path;
    if (path.endsWith('ORIGIN.json')) return [];
    const text = change(path, () => decodeText(readSlice(a.source, 0, a.source.sizeBytes)));
    if (text === null) return [];
    return text === undefined ? [a] : [{ ...a, source: memorySource(new TextEncoder().encode(text)) }];
  });
  expect(kept.length).toBeGreaterThan(3);
  return investigate(kept, { problems, gaps }).report;
}

interface Named {
  readonly mechanism: string | null;
  readonly verdict: string;
  readonly culprits: readonly string[];
}

const named = (report: Report): Named[] =>
  report.incidents.flatMap((i) =>
    i.causes.map((c) => ({
      mechanism: c.mechanism,
      verdict: c.verdict,
      culprits: c.culprits.map((x) => (x.function === undefined ? (x.ref ?? '') : `${x.function.replace(/^.*\//, '')} ${x.file?.replace(/^.*\//, '')}:${x.line}`)),
    })),
  );

/** Named with at least every link supported. */
const sure = (report: Report): Named[] => named(report).filter((n) => n.verdict === 'supported' || n.verdict === 'confirmed');

/** What would carry it on. */
const asked = (report: Report): string => JSON.stringify([report.incidents.flatMap((i) => i.frontiers), report.gaps]);

const isSource = (path: string): boolean => /\.go$|go\.mod$/.test(path);
const isCpuProfile = (path: string): boolean => /(?:^|\/)cpu-/.test(path);
const withoutSource = (path: string): null | undefined => (isSource(path) ? null : undefined);
const withoutProfile = (path: string): null | undefined => (isCpuProfile(path) ? null : undefined);
const anotherBuild = (path: string, text: () => string): string | undefined =>
  path.endsWith('.go') ? text().replace(/^import \($/m, `${'// a line of another build\n'.repeat(9)}import (`) : undefined;

/** Recorded service, what its pile leads to, and where. */
const CPU: readonly { readonly name: string; readonly by: string; readonly culprit: string; readonly source: boolean }[] = [
  { name: 'allocating-loop', by: 'runtime/allocating-site', culprit: 'bulletins.(*Server).page bulletins.go:38', source: false },
  { name: 'memory-limit', by: 'runtime/memory-limit-thrash', culprit: 'GOMEMLIMIT of vault', source: false },
  { name: 'small-writes', by: 'runtime/small-writes', culprit: 'exports.(*Server).write exports.go:53', source: true },
  { name: 'compiled-anew', by: 'runtime/regexp-per-call', culprit: 'masks.mask masks.go:41', source: true },
  { name: 'decoded-anew', by: 'runtime/json-per-call', culprit: 'menus.(*Server).find menus.go:47', source: true },
  { name: 'parsed-anew', by: 'runtime/template-per-call', culprit: 'pages.render pages.go:40', source: true },
  { name: 'growing-stacks', by: 'runtime/stack-growth', culprit: 'trees.years trees.go:52', source: true },
  { name: 'busy-select', by: 'runtime/busy-select', culprit: 'watchers.(*Server).follow watchers.go:32', source: true },
  { name: 'formatted-for-nothing', by: 'runtime/formatted-for-nothing', culprit: 'audits.(*Server).check audits.go:44', source: true },
  { name: 'growing-scan', by: 'runtime/growing-scan', culprit: 'guestbooks.(*Server).add guestbooks.go:38', source: true },
  { name: 'panics', by: 'runtime/panic-for-control', culprit: 'scanners.mustNumber scanners.go:51', source: true },
];
const WAITS: readonly { readonly name: string; readonly by: string; readonly culprit: string }[] = [
  { name: 'unlock-in-loop', by: 'runtime/unlock-deferred-in-loop', culprit: 'ledgers.(*Server).settle ledgers.go:48' },
  { name: 'one-consumer', by: 'runtime/one-consumer', culprit: 'parcels.(*Server).weigh parcels.go:38' },
  { name: 'many-procs', by: 'runtime/procs-over-quota', culprit: 'GOMAXPROCS of mosaics' },
];

describe.each([...CPU, ...WAITS])('$name', ({ name, by, culprit }) => {
  test('leads from late requests to the defect, and to nothing else', async () => {
    const report = await reported(name);
    expect(report.outcome).toBe('cause-found');
    expect(sure(report)).toEqual([{ mechanism: by, verdict: 'supported', culprits: [culprit] }]);
  });

  test('its twin is as busy and no incident', async () => {
    expect((await reported(`${name}.healthy`)).outcome).toBe('no-incident');
  });

  test('source of another build names nobody', async () => {
    const found = await reported(name, anotherBuild);
    const own = sure(found).filter((n) => n.culprits.some((c) => c.includes('.go:')));
    // what the profile says by itself holds for the running binary
    expect(own.map((n) => n.mechanism)).toEqual(by === 'runtime/allocating-site' ? [by] : []);
  });
});

describe.each(CPU)('$name', ({ name, by, source }) => {
  test('the chain says how much of the CPU time goes there, by the profile', async () => {
    const report = await reported(name);
    const cited = report.places.filter((p) => JSON.stringify(p).includes('cpu-20'));
    expect(cited.length).toBeGreaterThan(0);
    expect(JSON.stringify(report.incidents[0])).toMatch(/\d\d % of the CPU time/);
  });

  test('without a CPU profile nobody is named, and the profile is asked for', async () => {
    const report = await reported(name, withoutProfile);
    expect(sure(report)).toEqual([]);
    expect(report.outcome).toBe('unproven');
    expect(asked(report)).toContain('/debug/pprof/profile?seconds=30');
  });

  test('without the counters of the CPU nobody is named: where time goes is no cause by itself', async () => {
    const report = await reported(name, (path, text) => (/cgroup-/.test(path) ? null : /metrics-/.test(path) ? text().replace(/^process_cpu_seconds_total.*$/gm, '') : undefined));
    expect(sure(report)).toEqual([]);
    // what grew meanwhile heads that report, the late requests stand beside it
    if (name !== 'decoded-anew') expect(asked(report)).toContain('cpu.stat');
  });

  test(source ? 'without source nobody is named' : 'the running binary says it by itself: source is not needed', async () => {
    const report = await reported(name, withoutSource);
    if (!source) return expect(sure(report).map((n) => n.mechanism)).toEqual([by]);
    expect(sure(report)).toEqual([]);
    expect(named(report).filter((n) => n.mechanism === by && n.verdict !== 'unproven')).toEqual([]);
  });
});

describe('a trace and no profile', () => {
  const withoutTrace = (path: string): null | undefined => (/trace-20/.test(path) ? null : undefined);
  test('leads from late requests to the line whose garbage they help to collect', async () => {
    const report = await reported('allocating-traced');
    expect(report.outcome).toBe('cause-found');
    expect(sure(report)[0]).toEqual({ mechanism: 'runtime/assists-take-cpu', verdict: 'supported', culprits: ['bulletins.(*Server).page bulletins.go:38'] });
    expect(report.incidents[0]!.symptoms.map((s) => s.condition)).toContain('requests/slow');
    expect(sure(await reported('allocating-traced', withoutSource))[0]?.mechanism).toBe('runtime/assists-take-cpu');
  });
  test('without it nobody is named', async () => {
    const report = await reported('allocating-traced', withoutTrace);
    expect([report.outcome, sure(report)]).toEqual(['unproven', []]);
  });
  test('its twin helps the collector as well, beside idle processors and without anybody being late: no incident', async () => {
    expect((await reported('allocating-traced.healthy')).outcome).toBe('no-incident');
  });
  test('without the counters of the CPU nobody is named: assists are dear only where processor time is scarce', async () => {
    const report = await reported('allocating-traced', (path, text) =>
      /cgroup-/.test(path) ? null : /metrics-/.test(path) ? text().replace(/^process_cpu_seconds_total.*$/gm, '') : undefined,
    );
    expect(sure(report).map((n) => n.mechanism)).not.toContain('runtime/assists-take-cpu');
  });
});

describe('where no reason is known', () => {
  const reached = (report: Report): string[] => report.incidents.flatMap((i) => i.frontiers.map((f) => f.reached));
  test('the line that takes the CPU is as far as it gets, and no cause', async () => {
    const report = await reported('decoded-anew', withoutSource);
    expect(report.outcome).toBe('unproven');
    expect(reached(report)[0]).toMatch(/^\d\d % of the CPU time is spent at menus\.\(\*Server\)\.find:47 in json\.Unmarshal/);
    expect(named(report)).toEqual([]);
  });
  test('no line is told where many share it', async () => {
    const report = await reported('memory-limit', (path, text) => (isSource(path) ? null : /metrics-/.test(path) ? text().replace(/^go_gc_gomemlimit_bytes .*$/m, '') : undefined));
    expect(report.outcome).toBe('unproven');
    expect(reached(report).filter((r) => r.includes('is spent at'))).toEqual([]);
  });
});

test('a service that is busy with everything and not late is no incident', async () => {
  expect((await reported('everything.healthy')).outcome).toBe('no-incident');
});

test('a profile full of one thing is no incident as long as nobody is late', async () => {
  // the first hundred requests, before their number grew
  const report = await reported('compiled-anew', (path, text) =>
    path.endsWith('masks.log.gz') || path.endsWith('masks.log') ? text().split('\n').slice(0, 100).join('\n') : /metrics-/.test(path) ? null : undefined,
  );
  expect(report.outcome).toBe('no-incident');
});

test('a memory limit that is far from what is alive is no cause', async () => {
  const report = await reported('memory-limit', (path, text) =>
    /metrics-/.test(path) ? text().replace(/^go_gc_gomemlimit_bytes .*$/m, `go_gc_gomemlimit_bytes ${2 ** 30}`) : undefined,
  );
  expect(sure(report).filter((n) => n.mechanism === 'runtime/memory-limit-thrash')).toEqual([]);
});

test('a GOMAXPROCS that Go itself would choose is no cause', async () => {
  const report = await reported('many-procs', (path, text) =>
    /metrics-/.test(path)
      ? text().replace(/^go_sched_gomaxprocs_threads .*$/m, 'go_sched_gomaxprocs_threads 2')
      : /mosaics\.log/.test(path)
        ? text().replaceAll('gomaxprocs=16', 'gomaxprocs=2')
        : undefined,
  );
  expect(report.outcome).toBe('unproven');
  expect(sure(report)).toEqual([]);
});

test('a log call that writes is not formatted for nothing', async () => {
  // the same source and profile, but the line belongs to a level that is on
  const report = await reported('formatted-for-nothing', (path, text) =>
    path.endsWith('audits.go') ? text().replace('s.log.Debug(', 's.log.Info (').replace('Info (', 'Info(') : undefined,
  );
  expect(sure(report)).toEqual([]);
});

describe('what requests wait for', () => {
  test('a block profile stands beside the dumps that show the queue at the channel', async () => {
    const { artifacts } = await collectFiles([zoo('one-consumer')]);
    const support = (kept: readonly Artifact[]): string[] => {
      const world = openWorld(openReadings(kept, readers), observers);
      const answer = world.look(bucketGrowing);
      const effects = answer.state === 'observed' ? answer.conditions.filter((c) => c.facts.wait === 'chan send') : [];
      return effects.map((effect) => slowConsumer.supports?.[0]?.test({ effect, causes: [] }, world).state ?? '');
    };
    expect(support(artifacts)).toEqual(['holds']);
    expect(support(artifacts.filter((a) => !/block-/.test(a.path)))).toEqual(['unknown']);
  });
  test('without a block profile the queue at the channel is not told', async () => {
    expect(sure(await reported('one-consumer', (path) => (/block-/.test(path) ? null : undefined))).map((n) => n.mechanism)).not.toContain('runtime/one-consumer');
  });
  test('without dumps nobody stands behind the loop', async () => {
    expect(sure(await reported('unlock-in-loop', (path) => (/goroutine-/.test(path) ? null : undefined)))).toEqual([]);
  });
  test('without source the queue stays, without a culprit', async () => {
    for (const name of ['one-consumer', 'unlock-in-loop']) expect(sure(await reported(name, withoutSource))).toEqual([]);
  });
});
