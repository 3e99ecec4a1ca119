/** The mechanisms that follow error texts: against small stated worlds, and against the fleets recorded from go/zoo/chains. */
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { collectFiles } from '../../collect/files/index.ts';
import { investigate } from '../../investigate.ts';
import { calleeLatency, deadlineExceeded, requestsFailing, requestsSlow } from '../../model/conditions/calls.ts';
import { processCrashed } from '../../model/conditions/crash.ts';
import {
  callersGone,
  callsRefused,
  certificateRefused,
  connectionsBroken,
  deadlineExhausted,
  dnsFailing,
  fieldTypeDiffers,
  filesExhausted,
  handlerTimedOut,
  idleTimeoutShorter,
  messageTooLarge,
  ownTimer,
  poolExhausted,
  readTimeoutTooShort,
  retryStorm,
  sqlPoolWaitedFor,
  writeTimeoutTooShort,
} from '../../model/conditions/error-texts.ts';
import { openFilesGrowing } from '../../model/conditions/files.ts';
import { bucketGrowing, lockConvoy } from '../../model/conditions/goroutines.ts';
import { type Condition, type Edge, type Facts, type Kind, type Mechanism, placeAt, processOf, type Report, service } from '../../model/index.ts';
import { goGrammarBytes } from '../../platform/go-grammar.ts';
import { prepareGoSource } from '../../read/go-source/index.ts';
import { Chainer } from '../chain.ts';
import { askOf, evidence, stated } from '../testing/world.ts';
import { brokenConnectionsFailRequests } from './calls/broken-connections-fail-requests/index.ts';
import { budgetSpentBeforeCall } from './calls/budget-spent-before-call/index.ts';
import { certificateFailsRequests } from './calls/certificate-fails-requests/index.ts';
import { convoySpendsBudget } from './calls/convoy-spends-budget/index.ts';
import { crashBreaksConnections } from './calls/crash-breaks-connections/index.ts';
import { crashRefusesCalls } from './calls/crash-refuses-calls/index.ts';
import { deadlineLeavesCallee } from './calls/deadline-leaves-callee/index.ts';
import { deadlineStartsRetries } from './calls/deadline-starts-retries/index.ts';
import { dnsFailsRequests } from './calls/dns-fails-requests/index.ts';
import { exhaustedFilesFailRequests } from './calls/exhausted-files-fail-requests/index.ts';
import { failingAttemptsSpendBudget } from './calls/failing-attempts-spend-budget/index.ts';
import { fieldTypeFailsRequests } from './calls/field-type-fails-requests/index.ts';
import { fullPoolMissesDeadline } from './calls/full-pool-misses-deadline/index.ts';
import { handlerTimeoutFailsRequests } from './calls/handler-timeout-fails-requests/index.ts';
import { idleTimeoutBreaksCalls } from './calls/idle-timeout-breaks-calls/index.ts';
import { messageSizeFailsRequests } from './calls/message-size-fails-requests/index.ts';
import { ownTimerMissesDeadline } from './calls/own-timer-misses-deadline/index.ts';
import { readTimeoutFailsRequests } from './calls/read-timeout-fails-requests/index.ts';
import { readTimeoutSlowsRequests } from './calls/read-timeout-slows-requests/index.ts';
import { refusalsFailRequests } from './calls/refusals-fail-requests/index.ts';
import { retriesSlowCallee } from './calls/retries-slow-callee/index.ts';
import { slowCalleeOutlastsHandler } from './calls/slow-callee-outlasts-handler/index.ts';
import { slowCalleeSpendsBudget } from './calls/slow-callee-spends-budget/index.ts';
import { sqlPoolMissesDeadline } from './calls/sql-pool-misses-deadline/index.ts';
import { writeTimeoutCutsAnswers } from './calls/write-timeout-cuts-answers/index.ts';
import { channelClosedOnCancel } from './go/channel-closed-on-cancel/index.ts';
import { leftCallersLeaveGoroutines } from './go/left-callers-leave-goroutines/index.ts';
import { openFilesReachLimit } from './go/open-files-reach-limit/index.ts';

const at = placeAt(evidence.id, { offset: 0, length: 6 });
const stock = processOf('shop/stock-1/stock');
const edges: Edge[] = [
  { from: stock, relation: 'part-of', to: service('stock'), strength: 'stated', places: [at] },
  { from: service('orders'), relation: 'calls', to: service('stock'), strength: 'derived', places: [at] },
  { from: service('orders'), relation: 'calls', to: service('users'), strength: 'derived', places: [at] },
];

function verdict(m: Mechanism, effect: Condition, ...causes: readonly Condition[]): string {
  const covered = m.from.map((f) => f.kind.id).filter((id) => !causes.some((c) => c.kind === id));
  const ask = askOf({ conditions: [effect, ...causes], covered, edges });
  const explanation = new Chainer([m], new Map(), ask).explain(effect);
  const link = explanation.chains.find((x) => x.link !== null)?.link;
  return link?.verdict ?? (explanation.refuted.length > 0 ? 'refuted' : explanation.blocked.length > 0 ? 'blocked' : 'none');
}

const said = (k: unknown, facts: Facts = {}, name = 'orders'): Condition =>
  stated(k as Kind, service(name), 100, {
    facts: { service: name, callee: 'stock', error: 'x/y', count: 100, failed: 95, answered: 100, seenByCallee: 0, example: 'reserve: it failed', traces: ['t1', 't2'], ...facts },
  });
const failing = (name = 'orders', facts: Facts = {}): Condition =>
  stated(requestsFailing as Kind, service(name), 100, { facts: { service: name, route: '/orders', code: '502', count: 100, share: 0.9, ratePerSecond: 10, ...facts } });
const late = (facts: Facts = {}): Condition =>
  stated(deadlineExceeded as Kind, service('orders'), 100, { facts: { caller: 'orders', callee: 'stock', count: 100, traces: ['t1', 't9'], calleeRoute: null, ...facts } });
const latency = (facts: Facts = {}): Condition =>
  stated(calleeLatency as Kind, service('stock'), 100, {
    facts: {
      service: 'stock',
      route: null,
      p50Seconds: 0.1,
      p99Seconds: 0.2,
      count: 100,
      failing: false,
      steady: true,
      p50LaterSeconds: null,
      p99LaterSeconds: null,
      from: 'log',
      ...facts,
    },
  });
const crashed = (facts: Facts = {}, onset = 99): Condition =>
  stated(processCrashed as Kind, stock, onset, { facts: { class: 'nil-map-write', message: 'panic: x', fatal: false, recovered: false, count: 1, goroutine: 7, ...facts } });

describe('an error text that the failing requests logged', () => {
  const ALL: readonly [Mechanism, unknown][] = [
    [dnsFailsRequests, dnsFailing],
    [certificateFailsRequests, certificateRefused],
    [refusalsFailRequests, callsRefused],
    [exhaustedFilesFailRequests, filesExhausted],
    [handlerTimeoutFailsRequests, handlerTimedOut],
    [messageSizeFailsRequests, messageTooLarge],
    [brokenConnectionsFailRequests, connectionsBroken],
  ];
  for (const [m, kind] of ALL) {
    it(`${m.id}: supported where those requests failed`, () => {
      expect(verdict(m, failing(), said(kind))).toBe('supported');
    });
    it(`${m.id}: near miss: the requests that logged it were answered well`, () => {
      expect(verdict(m, failing(), said(kind, { failed: 2 }))).toBe('refuted');
    });
    it(`${m.id}: near miss: another service logged it`, () => {
      expect(verdict(m, failing('gateway'), said(kind))).toBe('none');
    });
    it(`${m.id}: without trace ids it is unproven`, () => {
      expect(verdict(m, failing(), said(kind, { answered: 0, failed: 0 }))).toBe('unproven');
    });
  }
  it('near miss: the callee has records of those very requests, so it was reached', () => {
    for (const [m, kind] of ALL.slice(0, 3)) expect(verdict(m, failing(), said(kind, { seenByCallee: 90 })), m.id).toBe('refuted');
  });
  it('field-type-fails-requests: of the reader, and of who failed in its traces; not of who was answered well', () => {
    const differs = (more: Facts) => said(fieldTypeDiffers, { field: 'reservation.count', wanted: 'int', got: 'string', failingCallers: [], ...more }, 'stock');
    expect(verdict(fieldTypeFailsRequests, failing(), differs({ failingCallers: ['orders'] }))).toBe('supported');
    expect(verdict(fieldTypeFailsRequests, failing('stock'), differs({}))).toBe('supported');
    expect(verdict(fieldTypeFailsRequests, failing(), differs({}))).toBe('none');
    expect(verdict(fieldTypeFailsRequests, failing('stock'), differs({ failed: 2 }))).toBe('none');
  });
  it('read-timeout: requests of the server and of who failed in its traces; slow only as long as the timeout', () => {
    const cut = stated(readTimeoutTooShort as Kind, service('stock'), 100, {
      facts: { service: 'stock', seconds: 2, cutFromSeconds: 1.99, cutToSeconds: 2.1, readToSeconds: 0.3, count: 100, failingCallers: ['orders'], error: 'net/io-timeout' },
    });
    const slow = (seconds: number): Condition =>
      stated(requestsSlow as Kind, service('stock'), 100, { facts: { service: 'stock', route: null, quantile: 'p95', seconds, baselineSeconds: 0.3 } });
    expect(verdict(readTimeoutFailsRequests, failing('stock'), cut)).toBe('supported');
    expect(verdict(readTimeoutFailsRequests, failing(), cut)).toBe('supported');
    expect(verdict(readTimeoutFailsRequests, failing('users'), cut)).toBe('none');
    expect(verdict(readTimeoutSlowsRequests, slow(2.05), cut)).toBe('supported');
    expect(verdict(readTimeoutSlowsRequests, slow(7), cut)).toBe('refuted');
    expect(verdict(readTimeoutSlowsRequests, slow(0.9), cut)).toBe('refuted');
  });
  it('explains few of many failures as a contributor only', () => {
    expect(verdict(dnsFailsRequests, failing('orders', { count: 2000 }), said(dnsFailing))).toBe('associated');
  });
});

describe('a crash and its callers', () => {
  it('refuses calls until something listens again', () => {
    expect(verdict(crashRefusesCalls, said(callsRefused), crashed())).toBe('supported');
  });
  it('near miss: net/http recovered the panic, another service crashed, or it crashed afterwards', () => {
    expect(verdict(crashRefusesCalls, said(callsRefused), crashed({ recovered: true }))).toBe('refuted');
    expect(verdict(crashRefusesCalls, said(callsRefused, { callee: 'users' }), crashed())).toBe('none');
    expect(verdict(crashRefusesCalls, said(callsRefused), crashed({}, 300))).toBe('refuted');
  });
  it('breaks the connections under way, recovered or not', () => {
    expect(verdict(crashBreaksConnections, said(connectionsBroken), crashed())).toBe('supported');
    expect(verdict(crashBreaksConnections, said(connectionsBroken), crashed({ recovered: true }))).toBe('supported');
  });
  it('near miss: connections to another service broke', () => {
    expect(verdict(crashBreaksConnections, said(connectionsBroken, { callee: 'users' }), crashed())).toBe('none');
  });
});

describe('a server’s own timeouts', () => {
  const write = (facts: Facts = {}): Condition =>
    stated(writeTimeoutTooShort as Kind, service('stock'), null, {
      facts: { service: 'stock', route: '/reserve', seconds: 0.25, cutFromSeconds: 0.4, arrivedToSeconds: 0.1, count: 90, callers: ['orders'], ...facts },
    });
  const idle = (facts: Facts = {}): Condition =>
    stated(idleTimeoutShorter as Kind, service('stock'), null, {
      facts: { caller: 'orders', callee: 'stock', idleSeconds: 0.2, pauseSeconds: 0.21, count: 90, traces: [], ...facts },
    });
  it('cut off answers', () => {
    expect(verdict(writeTimeoutCutsAnswers, said(connectionsBroken), write())).toBe('supported');
  });
  it('near miss: another caller’s answers, another callee, or few of what broke', () => {
    expect(verdict(writeTimeoutCutsAnswers, said(connectionsBroken), write({ callers: ['gateway'] }))).toBe('none');
    expect(verdict(writeTimeoutCutsAnswers, said(connectionsBroken, { callee: 'users' }), write())).toBe('none');
    expect(verdict(writeTimeoutCutsAnswers, said(connectionsBroken), write({ count: 5 }))).toBe('associated');
  });
  it('meet requests on their way', () => {
    expect(verdict(idleTimeoutBreaksCalls, said(connectionsBroken), idle())).toBe('supported');
  });
  it('near miss: another caller, or few of what broke', () => {
    expect(verdict(idleTimeoutBreaksCalls, said(connectionsBroken), idle({ caller: 'gateway' }))).toBe('none');
    expect(verdict(idleTimeoutBreaksCalls, said(connectionsBroken), idle({ count: 5 }))).toBe('associated');
  });
});

describe('a cancellation and what it leaves', () => {
  const gone = (facts: Facts = {}): Condition => said(callersGone, { callee: null, ...facts }, 'stock');
  it('is a deadline on the other side, by trace', () => {
    expect(verdict(deadlineLeavesCallee, gone(), late())).toBe('supported');
  });
  it('near miss: no trace in common, or the calls were for another service', () => {
    expect(verdict(deadlineLeavesCallee, gone({ traces: ['t5'] }), late())).toBe('refuted');
    expect(verdict(deadlineLeavesCallee, gone(), late({ callee: 'users' }))).toBe('none');
  });
  it('closes a channel that senders still use', () => {
    expect(verdict(channelClosedOnCancel, crashed({ class: 'send-on-closed-channel' }, 102), gone())).toBe('supported');
  });
  it('near miss: another crash, before any cancellation, or another process', () => {
    expect(verdict(channelClosedOnCancel, crashed({}, 102), gone())).toBe('refuted');
    expect(verdict(channelClosedOnCancel, crashed({ class: 'send-on-closed-channel' }, 60), gone())).toBe('refuted');
    expect(verdict(channelClosedOnCancel, crashed({ class: 'send-on-closed-channel' }, 102), said(callersGone, {}, 'users'))).toBe('none');
  });
  const bucket = (counts: number[], wait = 'chan send'): Condition =>
    stated(bucketGrowing as Kind, stock, 101, {
      facts: { wait, function: 'stock.quote', file: 'q.go', line: 7, counts, stack: [], total: 100, share: 0.9, dumps: counts.length, weak: false },
    });
  it('leaves a goroutine behind', () => {
    expect(verdict(leftCallersLeaveGoroutines, bucket([0, 40, 95]), gone())).toBe('supported');
  });
  it('near miss: more goroutines than callers left, or goroutines that wait for the network', () => {
    expect(verdict(leftCallersLeaveGoroutines, bucket([0, 400, 950]), gone())).toBe('refuted');
    expect(verdict(leftCallersLeaveGoroutines, bucket([0, 40, 95], 'IO wait'), gone())).toBe('refuted');
  });
});

describe('what uses up a deadline', () => {
  const timer = (facts: Facts = {}): Condition =>
    stated(ownTimer as Kind, service('stock'), null, { facts: { caller: 'orders', callee: 'stock', route: '/reserve', seconds: 0.9, deadlineSeconds: 0.3, count: 90, ...facts } });
  it('a timer of the handler’s own', () => {
    expect(verdict(ownTimerMissesDeadline, late(), timer())).toBe('supported');
  });
  it('near miss: a timer towards another caller, or of few calls', () => {
    expect(verdict(ownTimerMissesDeadline, late(), timer({ caller: 'gateway' }))).toBe('none');
    expect(verdict(ownTimerMissesDeadline, late(), timer({ count: 5 }))).toBe('associated');
  });
  it('a full pool, while the callee is well', () => {
    expect(verdict(fullPoolMissesDeadline, late(), said(poolExhausted), latency())).toBe('supported');
  });
  it('near miss: the callee became slower, so that connections are held longer; or the pool of another callee', () => {
    expect(verdict(fullPoolMissesDeadline, late(), said(poolExhausted), latency({ steady: false }))).toBe('refuted');
    expect(verdict(fullPoolMissesDeadline, late(), said(poolExhausted, { callee: 'users' }), latency())).toBe('none');
  });
  const spent = (facts: Facts = {}): Condition =>
    stated(deadlineExhausted as Kind, service('orders'), 100, {
      facts: {
        service: 'orders',
        callee: 'stock',
        how: 'call',
        within: 'orders',
        spentOn: 'users',
        spentRoute: '/users',
        spentSeconds: 0.4,
        spentBeforeSeconds: 0.04,
        totalSeconds: 0.5,
        leftSeconds: 0.1,
        neededSeconds: 0.15,
        count: 90,
        traces: [],
        ...facts,
      },
    });
  it('a call before it', () => {
    expect(verdict(budgetSpentBeforeCall, late(), spent(), latency())).toBe('supported');
    expect(verdict(slowCalleeSpendsBudget, spent(), latency({ service: 'users', steady: false }))).toBe('supported');
  });
  it('near miss: the callee itself is slow, or who spent it is as quick as ever', () => {
    expect(verdict(budgetSpentBeforeCall, late(), spent(), latency({ steady: false }))).toBe('refuted');
    expect(verdict(slowCalleeSpendsBudget, spent(), latency({ service: 'users' }))).toBe('none');
    expect(verdict(slowCalleeSpendsBudget, spent(), latency({ service: 'stock', steady: false }))).toBe('none');
  });
  const retries = (facts: Facts = {}): Condition => spent({ how: 'retries', spentOn: 'stock', spentRoute: null, attempts: 4, pausesSeconds: 0.35, ...facts });
  it('attempts that the callee turns away, though it fails by its own measure', () => {
    expect(verdict(budgetSpentBeforeCall, late(), retries(), latency({ failing: true }))).toBe('supported');
    expect(verdict(failingAttemptsSpendBudget, retries(), failing('stock', { code: '503', count: 270 }))).toBe('supported');
  });
  it('near miss: the callee became slower as well, failed less often than attempts were made, or another service fails', () => {
    expect(verdict(budgetSpentBeforeCall, late(), retries(), latency({ failing: true, steady: false }))).toBe('refuted');
    expect(verdict(budgetSpentBeforeCall, late(), spent(), latency({ failing: true }))).toBe('refuted');
    expect(verdict(failingAttemptsSpendBudget, retries(), failing('stock', { code: '503', count: 40 }))).toBe('refuted');
    expect(verdict(failingAttemptsSpendBudget, retries(), failing('users', { count: 270 }))).toBe('none');
    expect(verdict(failingAttemptsSpendBudget, spent(), failing('stock', { count: 270 }))).toBe('none');
  });
  const convoy = (facts: Facts = {}): Condition =>
    stated(lockConvoy as Kind, stock, 101, {
      facts: {
        lock: '0x1',
        waiters: 31,
        waitFunction: 'stock.add',
        holderFunction: 'stock.archive',
        holderFile: 'b.go',
        holderLine: 9,
        holderWait: 'select',
        longestMinutes: null,
        serving: 31,
        ...facts,
      },
    });
  const own = (facts: Facts = {}): Condition => spent({ how: 'own', within: 'stock', spentOn: 'stock', spentRoute: null, ...facts });
  it('a queue at a lock, before anybody is called', () => {
    expect(verdict(convoySpendsBudget, own(), convoy())).toBe('supported');
  });
  it('near miss: nobody in the queue serves a request, it is of another service, or the time went elsewhere', () => {
    expect(verdict(convoySpendsBudget, own(), convoy({ serving: 0 }))).toBe('refuted');
    expect(verdict(convoySpendsBudget, own({ within: 'users' }), convoy())).toBe('none');
    expect(verdict(convoySpendsBudget, spent({ within: 'stock' }), convoy())).toBe('none');
  });
  it('a callee, under a handler with a limit of its own', () => {
    expect(verdict(slowCalleeOutlastsHandler, said(handlerTimedOut), latency({ steady: false }))).toBe('supported');
  });
  it('near miss: a callee as quick as ever, or one that nobody calls', () => {
    expect(verdict(slowCalleeOutlastsHandler, said(handlerTimedOut), latency())).toBe('none');
    expect(verdict(slowCalleeOutlastsHandler, said(handlerTimedOut), latency({ service: 'mail', steady: false }))).toBe('none');
  });
});

describe('a database/sql pool', () => {
  const waits = (facts: Facts = {}): Condition =>
    stated(sqlPoolWaitedFor as Kind, stock, null, { facts: { service: 'stock', waiting: 5, inStatements: 0, function: 'stock.save', file: 's.go', line: 9, ...facts } });
  const missed = (facts: Facts = {}): Condition =>
    stated(deadlineExceeded as Kind, service('stock'), 100, { facts: { caller: 'stock', callee: null, count: 100, traces: [], calleeRoute: null, ...facts } });
  it('whose connections nobody gives back', () => {
    expect(verdict(sqlPoolMissesDeadline, missed(), waits())).toBe('supported');
  });
  it('near miss: statements are under way on them, the calls are for another service, or another process waits', () => {
    expect(verdict(sqlPoolMissesDeadline, missed(), waits({ inStatements: 2 }))).toBe('refuted');
    expect(verdict(sqlPoolMissesDeadline, missed({ callee: 'users' }), waits())).toBe('none');
    expect(verdict(sqlPoolMissesDeadline, late(), waits())).toBe('none');
  });
});

describe('retries', () => {
  const storm = (facts: Facts = {}): Condition =>
    stated(retryStorm as Kind, service('orders'), 101, {
      facts: {
        service: 'orders',
        callee: 'stock',
        attempts: 4,
        requests: 50,
        callsBefore: 1,
        callsSince: 2.5,
        error: 'net-http/client-timeout-awaiting-headers',
        traces: [],
        ...facts,
      },
    });
  const slow = (name = 'stock'): Condition =>
    stated(requestsSlow as Kind, service(name), 100, { facts: { service: name, route: null, quantile: 'p95', seconds: 3, baselineSeconds: 0.03 } });
  it('follow a deadline and keep the callee slow', () => {
    expect(verdict(deadlineStartsRetries, storm(), late())).toBe('supported');
    expect(verdict(retriesSlowCallee, slow(), storm())).toBe('supported');
  });
  it('near miss: the tries end with another error, or the calls over their deadline are for another service', () => {
    expect(verdict(deadlineStartsRetries, storm({ error: 'net/dial-connection-refused' }), late())).toBe('refuted');
    expect(verdict(deadlineStartsRetries, storm(), late({ callee: 'users' }))).toBe('none');
  });
  it('near miss: the callee gets no more calls than before, or another service is slow', () => {
    expect(verdict(retriesSlowCallee, slow(), storm({ callsSince: 1.1 }))).toBe('refuted');
    expect(verdict(retriesSlowCallee, slow('users'), storm())).toBe('none');
    expect(verdict(retriesSlowCallee, slow(), storm({ callsBefore: null }))).toBe('unproven');
  });
});

describe('open files', () => {
  const growing = (facts: Facts = {}): Condition =>
    stated(openFilesGrowing as Kind, stock, 90, { facts: { fromCount: 10, toCount: 62, perMinute: 100, limit: 64, curve: [], ...facts } });
  it('reach the limit', () => {
    expect(verdict(openFilesReachLimit, said(filesExhausted, {}, 'stock'), growing())).toBe('supported');
  });
  it('near miss: far below it, unknown, or another process', () => {
    expect(verdict(openFilesReachLimit, said(filesExhausted, {}, 'stock'), growing({ limit: 1024 }))).toBe('refuted');
    expect(verdict(openFilesReachLimit, said(filesExhausted, {}, 'stock'), growing({ limit: null }))).toBe('unproven');
    expect(verdict(openFilesReachLimit, said(filesExhausted), growing())).toBe('none');
  });
});

/** Recorded under load: the mechanisms each must name, as links of chains that are at least supported. */
const RECORDED: Readonly<Record<string, readonly string[]>> = {
  dns: ['calls/dns-fails-requests', 'logs/errors-from-dns'],
  certificate: ['calls/certificate-fails-requests', 'logs/errors-from-certificate'],
  crash: ['calls/crash-refuses-calls', 'calls/refusals-fail-requests'],
  files: ['calls/exhausted-files-fail-requests', 'logs/errors-from-exhausted-files'],
  idle: ['calls/idle-timeout-breaks-calls', 'calls/broken-connections-fail-requests'],
  'field-type': ['calls/field-type-fails-requests', 'logs/errors-from-field-type'],
  'read-timeout': ['calls/read-timeout-fails-requests', 'logs/errors-from-read-timeout', 'calls/read-timeout-slows-requests'],
  'write-timeout': ['calls/write-timeout-cuts-answers', 'calls/broken-connections-fail-requests'],
  'cancel-crash': ['go/channel-closed-on-cancel', 'calls/deadline-leaves-callee', 'calls/crash-refuses-calls'],
  'pile-up': ['go/left-callers-leave-goroutines', 'calls/deadline-leaves-callee'],
  timer: ['calls/own-timer-misses-deadline'],
  retry: ['calls/deadline-starts-retries', 'calls/retries-slow-callee'],
  pool: ['calls/full-pool-misses-deadline'],
  budget: ['calls/budget-spent-before-call', 'calls/slow-callee-spends-budget'],
  'spent-hops': ['calls/budget-spent-before-call', 'calls/slow-callee-spends-budget'],
  'spent-retries': ['calls/budget-spent-before-call', 'calls/failing-attempts-spend-budget'],
  'spent-queue': ['calls/budget-spent-before-call', 'calls/convoy-spends-budget'],
  handler: ['calls/handler-timeout-fails-requests', 'calls/slow-callee-outlasts-handler'],
  sql: ['calls/sql-pool-misses-deadline'],
};
const OURS = new Set(Object.values(RECORDED).flat());

describe('the recorded fleets of go/zoo/chains', () => {
  const reports = new Map<string, { report: Report; named: Set<string> }>();
  beforeAll(async () => {
    const wasm = goGrammarBytes();
    if (wasm !== null) await prepareGoSource(wasm);
    for (const name of Object.keys(RECORDED).flatMap((n) => [n, `${n}.well`])) {
      const { artifacts } = await collectFiles([fileURLToPath(new URL(`../../../go/zoo/testdata/chains/${name}`, import.meta.url))]);
      const { report, whyNot } = investigate(artifacts);
      const named = new Set([...OURS].filter((m) => whyNot(m).some((w) => w.verdict === 'supported' || w.verdict === 'confirmed')));
      reports.set(name, { report, named });
    }
  });
  for (const [name, wanted] of Object.entries(RECORDED)) {
    it(`${name}: ${wanted.join(', ')}`, () => {
      expect([...reports.get(name)!.named]).toEqual(expect.arrayContaining([...wanted]));
    });
    it(`${name}, near miss: the same fleet while all is well`, () => {
      const { report, named } = reports.get(`${name}.well`)!;
      expect([...named]).toEqual([]);
      expect(report.outcome).toBe('no-incident');
    });
  }
  it('each names the causes of its own kind and of no other', () => {
    const roots = [
      'calls/dns-fails-requests',
      'calls/certificate-fails-requests',
      'calls/idle-timeout-breaks-calls',
      'calls/write-timeout-cuts-answers',
      'calls/field-type-fails-requests',
      'calls/read-timeout-fails-requests',
      'calls/own-timer-misses-deadline',
      'calls/full-pool-misses-deadline',
    ];
    for (const [name, { named }] of reports) for (const r of roots) if (!(RECORDED[name] ?? []).includes(r)) expect(named.has(r), `${name} names ${r}`).toBe(false);
  });
  it('near miss: the failing call is the slow one, the sum stays within the deadline, or the first caller leaves', async () => {
    for (const name of ['spent-callee', 'spent-within', 'spent-cancel']) {
      const { artifacts } = await collectFiles([fileURLToPath(new URL(`../../../go/zoo/testdata/chains/${name}`, import.meta.url))]);
      const { report, whyNot } = investigate(artifacts);
      for (const m of ['calls/budget-spent-before-call', 'calls/deadline-shorter-than-callee'])
        for (const w of whyNot(m)) expect(['supported', 'confirmed'], `${name} ${m}`).not.toContain(w.verdict);
      expect(report.outcome, name).toBe('unproven');
    }
  });
  it('the deadline went in a queue at a lock: down to the line that holds it', async () => {
    const zoo = (path: string): string => fileURLToPath(new URL(`../../../go/zoo/${path}`, import.meta.url));
    const { artifacts } = await collectFiles([zoo('testdata/chains/spent-queue'), zoo('chains/spent.go')]);
    const { report } = investigate(artifacts);
    expect(report.outcome).toBe('cause-found');
    const [cause] = report.causes;
    expect(cause?.culprits[0]).toMatchObject({ function: 'main.(*book).archive', line: 178 });
    expect(cause?.chain.map((l) => l.condition)).toEqual(expect.arrayContaining(['goroutines/lock-convoy', 'logs/deadline-exhausted-along-trace', 'calls/deadline-exceeded']));
    // the dumps of the same fleet while all is well show no queue
    const well = await collectFiles([zoo('testdata/chains/spent-queue.well'), zoo('chains/spent.go')]);
    expect(investigate(well.artifacts).report.outcome).toBe('no-incident');
  });
  it('an open end says by what way it was reached', () => {
    expect(reports.get('spent-hops')!.report.incidents[0]?.frontiers[0]?.reached).toMatch(/by way of: users used \d+ ms .* of the 500 ms that gateway has \(checkout_timeout\)/);
  });
  it('finds the cause, to the setting', () => {
    for (const [name, ref] of [
      ['idle', 'IdleTimeout of inventory = 200 ms, shorter than what orders keeps'],
      ['write-timeout', 'WriteTimeout of inventory = 250 ms'],
    ] as const) {
      const { report } = reports.get(name)!;
      expect(report.outcome).toBe('cause-found');
      expect(report.causes[0]?.culprits.map((c) => c.ref)).toContain(ref);
    }
  });
});
