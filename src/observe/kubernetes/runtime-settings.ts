/**
 * GOGC, GOMEMLIMIT and GOMAXPROCS as a pod gives them to its containers.
 * Grammar of the values: runtime/mgcpacer.go readGOGC and readGOMEMLIMIT, runtime/string.go parseByteCount, runtime/proc.go schedinit, Go 1.19 to
 * 1.27. How the kubelet fills in resourceFieldRef: pkg/api/v1/resource, rounded up to whole multiples of the divisor.
 */
import { runtimeSetting } from '../../model/conditions/config.ts';
import { type Condition, type Coverage, condition, container } from '../../model/index.ts';
import type { ContainerView, EnvView, PodView } from '../../read/lib/kubernetes-views.ts';
import { parseQuantity } from '../../read/lib/quantity.ts';
import { type ClusterState, placeOf, type Seen } from './cluster.ts';

const NAMES = ['GOGC', 'GOMEMLIMIT', 'GOMAXPROCS'] as const;
type Name = (typeof NAMES)[number];

interface Value {
  readonly value: number | null;
  readonly off: boolean;
  readonly malformed: boolean;
}

const MALFORMED: Value = { value: null, off: false, malformed: true };
const MAX_INT32 = 2 ** 31 - 1;

/** What the runtime makes of the text. An empty one is as none. */
export function runtimeValue(name: Name, text: string): Value {
  if (name === 'GOMEMLIMIT') {
    if (text === 'off') return { value: null, off: true, malformed: false };
    // parseByteCount: digits and one of these units, with capital letters; Kubernetes' Mi is none of them
    const m = /^(\d{1,19})(B|KiB|MiB|GiB|TiB)?$/.exec(text);
    if (m === null) return MALFORMED;
    const power = { B: 0, KiB: 10, MiB: 20, GiB: 30, TiB: 40 }[m[2] ?? 'B'] as number;
    const bytes = Number(m[1]) * 2 ** power;
    return bytes < 2 ** 63 ? { value: bytes, off: false, malformed: false } : MALFORMED;
  }
  if (name === 'GOGC' && text === 'off') return { value: null, off: true, malformed: false };
  const n = /^[+-]?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(n) || Math.abs(n) > MAX_INT32 || (name === 'GOMAXPROCS' && n <= 0)) return MALFORMED;
  return name === 'GOGC' && n < 0 ? { value: null, off: true, malformed: false } : { value: n, off: false, malformed: false };
}

export function runtimeSettings(state: ClusterState): Condition[] {
  const out: Condition[] = [];
  for (const list of state.pods.values()) {
    // a description shows no more than the object it was made of
    const seen = list.find((s) => s.view.containers.some((c) => c.env !== null));
    for (const c of seen?.view.containers ?? []) if (!c.init && c.env !== null) for (const name of NAMES) out.push(settingOf(name, c, c.env, seen as Seen<PodView>));
  }
  return out;
}

/** Where the pod objects show the environment of containers. */
export function environmentCoverage(state: ClusterState): Coverage[] {
  return [...state.pods.values()].flatMap((list) => {
    const seen = list.find((s) => s.view.containers.some((c) => c.env !== null));
    return (seen?.view.containers ?? []).flatMap((c) =>
      c.env === null || seen === undefined
        ? []
        : [{ entity: container(seen.view.namespace ?? '', seen.view.name, c.name), interval: { from: null, to: null }, places: [placeOf(seen.artifact, c)] }],
    );
  });
}

function settingOf(name: Name, c: ContainerView, env: readonly EnvView[], { view, artifact }: Seen<PodView>): Condition {
  const given = env.find((e) => e.name === name);
  const read = given === undefined ? '' : given.resource === null ? given.value : resourceText(given.resource, view);
  const away = elsewhere(given, read, c);
  // an empty variable is none
  const text = away !== null || read === null || read === '' ? null : read;
  const value: Value = text === null ? { value: null, off: false, malformed: false } : runtimeValue(name, text);
  const limit = name === 'GOMAXPROCS' ? parseQuantity(c.cpuLimit) : name === 'GOMEMLIMIT' ? parseQuantity(c.memoryLimit) : null;
  const source = given?.resource == null ? '' : ` (${given.resource.resource}${given.resource.container === c.name ? '' : ` of ${given.resource.container}`})`;
  const of = `container ${c.name} of ${view.name}`;
  return condition(runtimeSetting, {
    entity: container(view.namespace ?? '', view.name, c.name),
    discriminator: name,
    // it holds for the life of the pod
    during: { from: null, to: null },
    onset: { lastWell: null, firstIll: null },
    facts: {
      name,
      container: c.name,
      how: away !== null ? 'elsewhere' : text === null ? 'unset' : given?.resource == null ? 'value' : 'resource',
      text,
      ...value,
      limit,
      where: `pod ${view.name} containers[${c.name}].env[${name}]`,
      next: `kubectl exec ${view.name} -c ${c.name} -- printenv ${name}`,
    },
    says:
      away !== null
        ? `${name} of ${of} ${away}`
        : text === null
          ? `${of} has no ${name}`
          : `${of} runs with ${name}=${text}${source}${value.malformed ? ', which the runtime does not take' : ''}`,
    places: [placeOf(artifact, given ?? c), ...(limit === null || name !== 'GOMEMLIMIT' || c.memoryLimitAt === null ? [] : [placeOf(artifact, c.memoryLimitAt)])],
  }) as Condition;
}

/** Why the pod does not show what the process gets. */
function elsewhere(given: EnvView | undefined, read: string | null, c: ContainerView): string | null {
  if (given === undefined) return c.envFrom.length === 0 ? null : `may come from ${c.envFrom.join(', ')} (envFrom), which is not in the pod`;
  if (given.from !== null) return `comes from ${given.from}, which is not in the pod`;
  if (given.value?.includes('$(')) return `is put together of other variables (${given.value})`;
  return read === null ? 'comes from a limit that the container does not have: what the node has stands in for it' : null;
}

function resourceText(r: NonNullable<EnvView['resource']>, pod: PodView): string | null {
  const of = pod.containers.find((c) => c.name === r.container);
  const written = r.resource === 'limits.memory' ? of?.memoryLimit : r.resource === 'limits.cpu' ? of?.cpuLimit : null;
  const value = parseQuantity(written ?? null);
  // "0" is what the API server writes where none is given
  const divisor = r.divisor === null || r.divisor === '0' ? 1 : parseQuantity(r.divisor);
  return value === null || divisor === null || divisor <= 0 ? null : String(Math.ceil(value / divisor - 1e-9));
}
