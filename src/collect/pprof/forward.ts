/**
 * Reaches a pod's debug port through `kubectl port-forward`, which the user's own kubectl and kubeconfig authorise. The child is ended by its
 * process id when the captures are done, whatever ends this process.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';
import { endChild } from '../../platform/end-child.ts';
import { cleaned, StoreFault } from '../lib/fault.ts';

export interface PodTarget {
  readonly namespace: string;
  readonly pod: string;
  /** null: by the names of the container ports, else 6060. */
  readonly port: number | null;
  readonly container: string | null;
  readonly context: string | null;
}

export interface Forward {
  readonly base: URL;
  readonly port: number;
  /** null: the pod has several and none declares the port. */
  readonly container: string | null;
  readonly pid: number;
  stop(): Promise<void>;
}

export interface ForwardOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
  readonly timeoutMs: number;
}

/** `pod/NAME`, `pod/NAME:PORT`; null: it is no pod. */
export function podIn(given: string): { readonly pod: string; readonly port: number | null } | null {
  const m = /^(?:pod|pods|po)\/([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)(?::(\d{1,5}))?$/.exec(given);
  if (m === null || Number(m[2] ?? 1) > 65_535 || Number(m[2] ?? 1) === 0) return null;
  return { pod: m[1]!, port: m[2] === undefined ? null : Number(m[2]) };
}

const DEFAULT_PORT = 6060;
const STOP_MS = 3000;
const OUTPUT_CAP = 16 * 1024 * 1024;
const DEBUG_PORT = /pprof|debug|diag|admin|profil/i;

interface PodSpec {
  readonly containers: readonly { readonly name: string; readonly ports: readonly { readonly name: string; readonly port: number }[] }[];
}

/** Throws StoreFault when kubectl is not there, refuses, or does not forward. */
export async function forwardPod(target: PodTarget, options: ForwardOptions): Promise<Forward> {
  const spec = await podSpec(target, options);
  const port = target.port ?? spec?.containers.flatMap((c) => c.ports).find((p) => DEBUG_PORT.test(p.name))?.port ?? DEFAULT_PORT;
  const declaring = spec?.containers.filter((c) => c.ports.some((p) => p.port === port)) ?? [];
  const container = target.container ?? (declaring.length === 1 ? declaring[0]!.name : spec?.containers.length === 1 ? spec.containers[0]!.name : null);
  const child = kubectl([...scope(target), 'port-forward', '--address', '127.0.0.1', `pod/${target.pod}`, `:${port}`], options);
  const local = await forwarded(child, target, port, options).catch(async (error: unknown) => {
    await endChild(child, STOP_MS);
    throw error;
  });
  const end = (): void => void child.kill('SIGKILL');
  process.on('exit', end);
  return {
    base: new URL(`http://127.0.0.1:${local}`),
    port,
    container,
    pid: child.pid as number,
    async stop() {
      process.off('exit', end);
      await endChild(child, STOP_MS);
    },
  };
}

const scope = (t: PodTarget): string[] => [...(t.context === null ? [] : ['--context', t.context]), '-n', t.namespace];

const kubectl = (args: readonly string[], { env }: ForwardOptions): ChildProcess =>
  spawn('kubectl', [...args], { env: env as NodeJS.ProcessEnv, stdio: ['ignore', 'pipe', 'pipe'] });

/** null: what kubectl gave could not be understood; the forward may work all the same. */
async function podSpec(target: PodTarget, options: ForwardOptions): Promise<PodSpec | null> {
  const child = kubectl([...scope(target), 'get', 'pod', target.pod, '-o', 'json', `--request-timeout=${Math.ceil(options.timeoutMs / 1000)}s`], options);
  const { code, out, err } = await finished(child, options);
  if (code !== 0) throw refusal(target, err);
  try {
    const pod = JSON.parse(out) as { spec?: { containers?: { name?: unknown; ports?: { name?: unknown; containerPort?: unknown }[] }[] } };
    return {
      containers: (pod.spec?.containers ?? []).map((c) => ({
        name: String(c.name),
        ports: (c.ports ?? []).map((p) => ({ name: String(p.name ?? ''), port: Number(p.containerPort) })),
      })),
    };
  } catch {
    return null;
  }
}

function finished(child: ChildProcess, { signal, timeoutMs }: ForwardOptions): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    let [out, err] = ['', ''];
    const add = (text: string, part: Buffer): string => (text.length > OUTPUT_CAP ? text : text + part.toString('utf8'));
    child.stdout?.on('data', (part: Buffer) => {
      out = add(out, part);
    });
    child.stderr?.on('data', (part: Buffer) => {
      err = add(err, part);
    });
    const stop = (fault: StoreFault): void => {
      child.kill('SIGKILL');
      reject(fault);
    };
    const interrupted = (): void => stop(new StoreFault('interrupted', 'kubectl was interrupted'));
    const timer = setTimeout(() => stop(tooSlow(timeoutMs)), timeoutMs + 1000);
    signal?.addEventListener('abort', interrupted, { once: true });
    const off = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', interrupted);
    };
    child.on('error', (error: NodeJS.ErrnoException) => {
      off();
      reject(notStarted(error));
    });
    child.on('close', (code) => {
      off();
      resolve({ code, out, err });
    });
  });
}

/** The local port, once kubectl says it forwards. */
function forwarded(child: ChildProcess, target: PodTarget, port: number, { signal, timeoutMs }: ForwardOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    let [out, err] = ['', ''];
    const off = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', interrupted);
    };
    const failed = (fault: StoreFault): void => {
      off();
      reject(fault);
    };
    const interrupted = (): void => failed(new StoreFault('interrupted', 'kubectl port-forward was interrupted'));
    const timer = setTimeout(() => failed(tooSlow(timeoutMs)), timeoutMs);
    signal?.addEventListener('abort', interrupted, { once: true });
    child.on('error', (error: NodeJS.ErrnoException) => failed(notStarted(error)));
    child.on('exit', () => failed(refusal(target, err)));
    child.stderr?.on('data', (part: Buffer) => {
      err = (err + part.toString('utf8')).slice(-4000);
    });
    child.stdout?.on('data', (part: Buffer) => {
      out = (out + part.toString('utf8')).slice(-4000);
      const m = /^Forwarding from 127\.0\.0\.1:(\d{1,5}) -> (\d{1,5})$/m.exec(out);
      if (m === null || Number(m[2]) !== port) return;
      off();
      resolve(Number(m[1]));
    });
  });
}

const tooSlow = (ms: number): StoreFault =>
  new StoreFault('timeout', `kubectl did not answer within ${ms / 1000} s`, { next: 'kubectl cluster-info; or wait longer: --timeout SECONDS' });

const notStarted = (error: NodeJS.ErrnoException): StoreFault =>
  new StoreFault('unreachable', error.code === 'ENOENT' ? 'kubectl is not on the path' : `kubectl could not be started (${error.code ?? error.message})`, {
    next: 'forward the port by other means, then gorca collect --pprof http://127.0.0.1:PORT',
    cause: error,
  });

function refusal(target: PodTarget, err: string): StoreFault {
  const said = cleaned(err.slice(-1500));
  const denied = /forbidden|unauthorized|must be logged in/i.test(said);
  const missing = /notfound|not found/i.test(said);
  return new StoreFault(denied ? 'denied' : missing ? 'not-found' : 'unreachable', `kubectl does not forward to pod ${target.namespace}/${target.pod}`, {
    said,
    next: denied
      ? `kubectl auth can-i create pods/portforward -n ${target.namespace}`
      : missing
        ? `kubectl get pods -n ${target.namespace}`
        : 'kubectl cluster-info; a forward that ends at once often means that nothing listens on the port in the pod',
  });
}
