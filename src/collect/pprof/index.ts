/**
 * Takes what a running Go process says about itself under /debug/pprof/ (net/http/pprof, Go 1.11 to 1.27) into a bundle: heap and goroutines
 * as a series, CPU profile and execution trace of one window, the rest once. What each capture costs is said before it is taken; nothing is
 * changed in the service. A profile of a Go process is its own statement: nothing of the host is read.
 */
import type { BundleArtifact, BundleManifest } from '../../model/bundle.ts';
import { BUNDLE_VERSION } from '../../model/bundle.ts';
import type { ReportGap } from '../../model/index.ts';
import { StoreFault } from '../lib/fault.ts';
import type { Endpoint } from '../lib/http.ts';
import { ADVICE } from './advice.ts';
import { Captures, entryOf, type Taken } from './captures.ts';
import { offsetOf, offsetText } from './clock.ts';
import { goroutinesOf, lastsSeconds, ownProfiles, type Planned, type PprofWanted, planOf } from './costs.ts';
import { discover, type Endpoints } from './endpoints.ts';
import { type Exchange, exchange } from './exchange.ts';

export type { PprofWanted } from './costs.ts';
export { type Forward, forwardPod, type PodTarget, podIn } from './forward.ts';

export interface PprofTarget {
  readonly endpoint: Endpoint;
  /** For people, and in the manifest. */
  readonly name: string;
  readonly container: { readonly namespace: string; readonly pod: string; readonly container: string | null } | null;
  /** As the user calls it. */
  readonly service: string | null;
}

export interface PprofPlan {
  readonly target: PprofTarget;
  readonly endpoints: Endpoints;
  readonly metrics: URL | null;
  readonly wanted: PprofWanted;
  readonly planned: readonly Planned[];
  readonly gaps: readonly ReportGap[];
}

/** One line of what is going to be done, for a person: a capture and its cost, or a sentence of its own. */
export interface PlanLine {
  readonly what: string | null;
  readonly says: string;
}

export interface PlanOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (what: string) => void;
}

const PROBE_CAP = 16 * 1024 * 1024;

/** Looks at what is there, which costs next to nothing, and plans. Throws StoreFault when nothing can be taken. */
export async function planPprof(target: PprofTarget, wanted: PprofWanted, options: PlanOptions = {}): Promise<PprofPlan> {
  const { endpoint, name } = target;
  const asking = { ...(options.signal === undefined ? {} : { signal: options.signal }), timeoutMs: wanted.timeoutMs };
  options.onProgress?.('looking at what it offers');
  const found = await discover(endpoint, asking);
  switch (found.kind) {
    case 'found':
      break;
    case 'interrupted':
      throw new StoreFault('interrupted', `asking ${name} was interrupted`);
    case 'denied':
      throw new StoreFault('denied', `${name} denies access (${found.why})`, {
        next: 'give what it asks for: --token-env NAME for a bearer token, --header, or user and password in the address',
      });
    case 'unreachable':
      throw new StoreFault('unreachable', found.why, { next: 'check host and port, and that the process runs; a debug port is often another than that of the service' });
    case 'timeout':
      throw new StoreFault('timeout', `${name}: ${found.why}`, {
        next: 'a process that does not answer may stand still: kill -QUIT PID writes every goroutine to its standard error and ends it; or wait longer: --timeout SECONDS',
      });
    case 'redirected':
      throw new StoreFault('redirected', `${name}: ${found.why}`, { next: 'give that address itself, if it is the debug server' });
    case 'nothing':
      throw new StoreFault('not-found', `${name} exposes no /debug/pprof/`, { said: found.why, next: ADVICE });
  }
  const { endpoints } = found;
  const gaps: ReportGap[] = [];
  const metrics = wanted.metrics === null ? null : await metricsAt(endpoint, wanted.metrics, asking, gaps);
  return { target, endpoints, metrics, wanted, planned: planOf(endpoints, wanted, metrics !== null), gaps };
}

/** client_golang answers under /metrics; an address of its own is taken where metrics lie on another port. */
async function metricsAt(endpoint: Endpoint, where: string, asking: { readonly signal?: AbortSignal; readonly timeoutMs: number }, gaps: ReportGap[]): Promise<URL | null> {
  const url = URL.canParse(where) ? new URL(where) : new URL(where, endpoint.base);
  const e = await exchange(url.origin === endpoint.base.origin ? endpoint : { ...endpoint, headers: {} }, url, { ...asking, mostBytes: PROBE_CAP });
  const head = new TextDecoder().decode(e.head);
  if (e.status === 200 && e.ended === 'whole' && /^(?:#|[a-zA-Z_:][\w:]*[{ ])/.test(head)) return url;
  gaps.push({
    what: `no metrics from ${url.href}`,
    why: e.fault !== '' ? e.fault : e.status === 200 ? 'what answers there is not metrics of Prometheus' : `HTTP ${e.status}`,
    next: 'say where they are: --metrics http://HOST:PORT/metrics; or take query_range answers of Prometheus along',
  });
  return null;
}

export interface PprofTaken extends Taken {
  readonly manifest: BundleManifest;
}

/** Takes what was planned into the folder; files only, the manifest is for the caller to write last. */
export async function takePprof(plan: PprofPlan, folder: string, options: PlanOptions = {}): Promise<PprofTaken> {
  const { target, endpoints, metrics, wanted } = plan;
  const captures = new Captures(endpoints, metrics, wanted, { endpoint: target.endpoint, folder, ...options });
  const taken = await captures.run();
  const gaps = [...plan.gaps, ...taken.gaps];
  return { ...taken, gaps, manifest: manifestOf(plan, taken, gaps, captures.exchanges) };
}

function manifestOf(plan: PprofPlan, taken: Taken, gaps: readonly ReportGap[], exchanges: readonly Exchange[]): BundleManifest {
  const { target, endpoints } = plan;
  const covers = coversOf(target, endpoints);
  const own = ownProfiles(endpoints);
  const recorded: Record<string, string> = {
    server: `${target.name}, ${endpoints.folder.href}`,
    clock: offsetText(offsetOf(exchanges)),
    costs: plan.planned.map((p) => `${p.what} (${p.how}): ${p.cost}`).join('; '),
    ...(endpoints.cmdline.length === 0 ? {} : { program: programIn(endpoints.cmdline) }),
    ...(own.length === 0 ? {} : { 'not taken': `profiles of the program's own: ${own.join(', ')}` }),
  };
  return {
    schema: BUNDLE_VERSION,
    title: `what ${target.name} says about itself`,
    recorded,
    artifacts: taken.kept.map((k) => entryOf(k, { server: target.name, covers, exchanges })),
    gaps,
  };
}

/** Arguments may hold secrets: of the command line only the program's name is kept. */
const programIn = (cmdline: readonly string[]): string => {
  const path = cmdline[0] ?? '';
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
};

/** One process, by the container it runs in, else by its program and address. */
function coversOf(target: PprofTarget, endpoints: Endpoints): NonNullable<BundleArtifact['covers']> {
  const service = target.service === null ? [] : [{ kind: 'service', name: target.service }];
  if (target.container !== null) {
    const { namespace, pod, container } = target.container;
    return [container === null ? { kind: 'pod', namespace, pod } : { kind: 'container', namespace, pod, container }, ...service];
  }
  const program = programIn(endpoints.cmdline);
  return [{ kind: 'process', name: program === '' ? target.name : `${program}@${target.name}` }, ...service];
}

export function planLines(plan: PprofPlan): PlanLine[] {
  const count = goroutinesOf(plan.endpoints);
  const own = ownProfiles(plan.endpoints);
  const whose = plan.endpoints.cmdline.length === 0 ? '' : `: ${programIn(plan.endpoints.cmdline)}`;
  return [
    { what: null, says: `${plan.target.name}${whose}${count === null ? '' : `, ${count} goroutines`}; takes about ${lastsSeconds(plan.wanted)} s` },
    ...plan.planned.map((p) => ({ what: `${p.what}, ${p.how}`, says: p.cost })),
    ...(own.length === 0 ? [] : [{ what: null, says: `profiles of the program's own are left alone: ${own.join(', ')}` }]),
  ];
}
