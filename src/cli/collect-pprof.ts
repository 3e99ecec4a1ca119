/** `gorca collect --pprof`: what a running Go process says about itself, as a bundle. */
import process from 'node:process';
import { isFree, writeManifest } from '../collect/lib/bundle-folder.ts';
import { StoreFault } from '../collect/lib/fault.ts';
import { endpointOf } from '../collect/lib/http.ts';
import { type Forward, forwardPod, type PodTarget, type PprofTarget, type PprofWanted, planLines, planPprof, podIn, takePprof } from '../collect/pprof/index.ts';
import { manyLines } from '../report/lib/safe-text.ts';
import type { FlagValues } from './command.ts';
import type { Console } from './console.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { planPage } from './plan-page.ts';
import { endpointOptions, faultText } from './stores.ts';
import { UsageError } from './usage-error.ts';

const text = (flags: FlagValues, name: string): string | null => (typeof flags[name] === 'string' ? (flags[name] as string) : null);
const number = (flags: FlagValues, name: string, otherwise: number): number => (typeof flags[name] === 'number' ? (flags[name] as number) : otherwise);

const LOGS_ONLY = ['loki', 'victorialogs', 'trace', 'level', 'text', 'query', 'since', 'until', 'limit', 'tenant'] as const;
const MOST_BYTES = 256 * 1024 * 1024;
const DEFAULTS = { seconds: 5, rounds: 3, everySeconds: 10, mostDumped: 10_000, timeoutSeconds: 30 } as const;
const LONGEST = { seconds: 300, rounds: 100 } as const;

export async function collectPprof(console: Console, flags: FlagValues): Promise<ExitCode> {
  const given = flags['pprof'] as string;
  for (const other of LOGS_ONLY) if (flags[other] !== undefined) throw new UsageError(`--${other} asks a log store: --pprof goes without it, into a bundle of its own`);
  const dry = flags['dry-run'] === true;
  const folder = text(flags, 'output') ?? '';
  if (!dry && folder === '') throw new UsageError('name a new folder for the bundle: -o FOLDER; or --dry-run to see what it would cost');
  if (!dry && !isFree(folder)) throw new UsageError(`-o ${folder}: a new or an empty folder is expected, so that nothing is mixed in or written over`);
  const wanted = wantedOf(flags);
  const pod = podOf(given, flags);
  if (pod === null && (!/^https?:\/\//i.test(given) || !URL.canParse(given)))
    throw new UsageError(`--pprof ${given}: http://HOST:PORT or pod/NAME (with -n NAMESPACE) is expected`);
  const more = endpointOptions(console, flags);
  if (text(flags, 'service') === '') throw new UsageError('--service is empty');

  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once('SIGINT', interrupt);
  const onProgress = (what: string): void => (console.errIsTerminal ? console.err(`\r\u001b[Kpprof: ${what}`) : undefined);
  const clear = (): void => (console.errIsTerminal ? console.err('\r\u001b[K') : undefined);
  let forward: Forward | null = null;
  try {
    if (pod !== null) {
      onProgress('kubectl port-forward');
      forward = await forwardPod(pod, { env: console.env, signal: stop.signal, timeoutMs: wanted.timeoutMs });
    }
    const endpoint = endpointOf(forward?.base.href ?? given, more);
    const target: PprofTarget = {
      endpoint,
      name: pod === null || forward === null ? endpoint.name : `pod/${pod.pod}:${forward.port}`,
      container: pod === null || forward === null ? null : { namespace: pod.namespace, pod: pod.pod, container: forward.container },
      service: text(flags, 'service'),
    };
    const plan = await planPprof(target, wanted, { signal: stop.signal, onProgress });
    clear();
    console.out(manyLines(`${planPage(planLines(plan), console.columns).join('\n')}\n`));
    if (dry) {
      console.out(manyLines(`${gapLines(plan.gaps).join('\n')}\n\nnothing was taken (--dry-run)\n`));
      return EXIT.finished;
    }
    const taken = await takePprof(plan, folder, { signal: stop.signal, onProgress });
    clear();
    if (taken.kept.length === 0) {
      for (const g of taken.gaps) console.err(manyLines(`${g.what}: ${g.why}\n  ${g.next}\n`));
      return taken.interrupted ? EXIT.interrupted : EXIT.nothingReadable;
    }
    writeManifest(folder, taken.manifest);
    const bytes = taken.kept.reduce((n, k) => n + k.sizeBytes, 0);
    const lines = [
      '',
      `${taken.kept.length} captures, ${bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`}; ${taken.manifest.recorded?.['clock'] ?? ''}`,
    ];
    lines.push(...gapLines(taken.gaps), '', `gorca investigate ${folder}`);
    console.out(manyLines(`${lines.join('\n')}\n`));
    return taken.interrupted ? EXIT.interrupted : EXIT.finished;
  } catch (error) {
    clear();
    if (!(error instanceof StoreFault)) throw error;
    if (error.kind === 'interrupted') return EXIT.interrupted;
    console.err(manyLines(faultText('pprof', error)));
    return error.kind === 'denied' ? EXIT.denied : EXIT.nothingReadable;
  } finally {
    process.off('SIGINT', interrupt);
    await forward?.stop();
  }
}

const gapLines = (gaps: readonly { readonly what: string; readonly why: string; readonly next: string }[]): string[] =>
  gaps.flatMap((g) => ['', `GAP  ${g.what}`, `     ${g.why}`, ...(g.next === '' ? [] : [`     ${g.next}`])]);

function wantedOf(flags: FlagValues): PprofWanted {
  const wanted = {
    seconds: number(flags, 'seconds', DEFAULTS.seconds),
    rounds: number(flags, 'rounds', DEFAULTS.rounds),
    everySeconds: number(flags, 'every', DEFAULTS.everySeconds),
    gc: flags['gc'] === true,
    mostDumped: number(flags, 'max-dump-goroutines', DEFAULTS.mostDumped),
    metrics: text(flags, 'metrics') ?? '/metrics',
    mostBytes: MOST_BYTES,
    timeoutMs: number(flags, 'timeout', DEFAULTS.timeoutSeconds) * 1000,
  };
  if (wanted.seconds > LONGEST.seconds) throw new UsageError(`--seconds ${wanted.seconds}: at most ${LONGEST.seconds}`);
  if (wanted.rounds > LONGEST.rounds) throw new UsageError(`--rounds ${wanted.rounds}: at most ${LONGEST.rounds}`);
  return wanted;
}

function podOf(given: string, flags: FlagValues): PodTarget | null {
  const pod = podIn(given);
  const [namespace, context, container] = ['namespace', 'context', 'container'].map((f) => text(flags, f)) as [string | null, string | null, string | null];
  if (pod === null) {
    if (/^(?:deploy|deployments?|svc|services?|sts|statefulsets?)\//.test(given))
      throw new UsageError(`--pprof ${given}: name one pod of it, so that it is known whose profiles they are: kubectl get pods`);
    if (namespace !== null || context !== null || container !== null) throw new UsageError('--namespace, --context and --container go with --pprof pod/NAME');
    return null;
  }
  return { ...pod, namespace: namespace ?? 'default', context, container };
}
