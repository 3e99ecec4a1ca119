/** A report with one of everything, for the tests of renderers: made by hand, so it proves nothing about diagnosis. */
import { REPORT_VERSION, type Report, type ReportCause } from '../../model/report.ts';

const cause: ReportCause = {
  rank: 1,
  mechanism: 'go/abandoned-sender',
  title: 'each timed-out reservation leaks one goroutine',
  because: 'the goroutine sends on an unbuffered channel that nobody receives from after the caller returned',
  role: 'defect',
  verdict: 'supported',
  onset: { from: '2026-11-24T14:01:55Z', to: '2026-11-24T14:01:57Z' },
  share: 0.98,
  culprits: [{ kind: 'code', function: 'shop/orders/internal/inventory.(*Client).Reserve.func1', file: '/home/alice/shop/orders/internal/inventory/client.go', line: 61 }],
  with: [
    {
      title: 'rollout orders 11 → 12 sets RESERVE_TIMEOUT=300ms',
      role: 'trigger',
      verdict: 'confirmed',
      culprits: [{ kind: 'config', ref: 'deployment/orders env[RESERVE_TIMEOUT]' }],
      places: [3],
    },
  ],
  chain: [
    {
      condition: 'calls/deadline-exceeded',
      by: 'go/abandoned-sender',
      entity: 'service:orders',
      from: '2026-11-24T14:01:55Z',
      to: null,
      says: 'reservations over their deadline 0 → 38/s',
      quantity: { value: 38, baseline: 0, unit: '1/s', known: 'counted' },
      verdict: 'confirmed',
      why: 'counted in the log',
      places: [4],
    },
    {
      condition: 'container/oom-killed',
      by: null,
      entity: 'container:shop/orders-68f495bf69-jjdrd/orders',
      from: '2026-11-24T14:08:02.5Z',
      to: null,
      says: 'container orders of orders-68f495bf69-jjdrd OOMKilled at its 512 MiB limit, with exit code 137, for the fourth time',
      quantity: null,
      verdict: 'supported',
      why: 'the kubelet says so',
      places: [2, 4],
    },
  ],
  proofs: [
    {
      experiment: 'go/abandoned-sender',
      kind: 'passive',
      outcome: 'not-run',
      says: 'a second dump shows more of them',
      statistics: null,
      command: "curl -o dump-2.txt '…/goroutine?debug=2'",
      places: [],
    },
  ],
  places: [2],
  mitigation: 'raise RESERVE_TIMEOUT or roll back to revision 11',
};

export const sampleReport: Report = {
  schema: REPORT_VERSION,
  outcome: 'cause-found',
  incidents: [
    {
      title: 'orders is killed every 6 min since 14:08:02  (KubePodCrashLooping fired 14:26:17)',
      outcome: 'cause-found',
      places: [1],
      scope: ['service:orders'],
      symptoms: [
        { condition: 'alert/firing', entity: 'alert:KubePodCrashLooping/x', workload: null, says: 'KubePodCrashLooping is firing', from: '2026-11-24T14:26:17Z', places: [1] },
      ],
      causes: [cause],
      frontiers: [],
      rejected: [{ mechanism: 'memory/cache-growing', title: 'a growing cache', why: 'in use outside that bucket is flat (+3 %)', refutedBy: [4] }],
      unexplained: [{ says: 'one failed probe of gateway', places: [1] }],
    },
  ],
  causes: [cause],
  gaps: Array.from({ length: 7 }, (_, i) => ({ what: `no heap profile number ${i + 2}`, why: 'the bundle holds one', next: `curl -o heap-${i + 2}.pb.gz '…/debug/pprof/heap'` })),
  places: [
    {
      n: 1,
      artifact: 'alert.json',
      offset: 12,
      length: 70,
      file: 'alert.json',
      line: 1,
      excerpt: '"labels":{"alertname":"KubePodCrashLooping","pod":"orders-68f495bf69-jjdrd","severity":"critical"}',
    },
    {
      n: 2,
      artifact: 'dump.txt',
      offset: 3,
      length: 20,
      file: 'dump.txt',
      line: 2,
      excerpt: 'shop/orders/internal/inventory.(*Client).Reserve.func1()\n\t/home/alice/shop/client.go:61 +0x35',
    },
    { n: 3, artifact: 'b.zip!deploy.yaml', offset: 3, length: 20, file: 'b.zip', member: 'deploy.yaml', pointer: '/spec/template', excerpt: 'value: 300ms # ask bob@example.com' },
    { n: 4, artifact: 'heap.pb', offset: 3, length: 4, file: 'heap.pb', pointer: 'sample 12', excerpt: 'hex:0a1b' },
  ],
  inputs: [
    { artifact: 'alert.json', bytes: 300, sha256: 'a'.repeat(64), readers: ['alertmanager'], tried: [] },
    {
      artifact: 'notes.txt',
      bytes: 12,
      sha256: 'b'.repeat(64),
      readers: [],
      tried: Array.from({ length: 5 }, (_, i) => ({ reader: `reader-${i}`, reached: i * 3, why: 'no header' })),
    },
  ],
  hints: [{ flag: '--scope', value: 'orders' }],
  problems: [
    { code: 'files/gzip-cut', severity: 'warning', what: 'x.gz ends early', why: 'it was cut', next: 'copy it again', place: null, artifact: 'x.gz' },
    { code: 'files/empty-file', severity: 'note', what: 'y is empty', why: 'nothing was written', next: 'capture it again', place: null, artifact: null },
  ],
  checked: [
    { condition: 'alert/firing', state: 'observed' },
    { condition: 'crash/process-crashed', state: 'absent' },
    { condition: 'node/not-ready', state: 'not-observable' },
  ],
};

export const healthyReport: Report = { ...sampleReport, outcome: 'no-incident', incidents: [], causes: [], gaps: [], places: [], problems: [], hints: [] };

/** Log text of somebody who wants to write to the reader's terminal, issue or page. */
export const hostile = 'x\u001b[2J\u001b]0;owned\u0007\u202e\u2066 <img src=x onerror=alert(1)> @everyone #1 [a](http://b) `` `code` |';
