/** Field by field, what differs between two pod templates. Lists of named things are matched by name, so moving one is no change. */
import { fieldAt, objectAt, scalarAt, textAt } from '../../read/lib/fields.ts';

export interface TemplateLeaf {
  /** e.g. containers[orders].env[RESERVE_TIMEOUT] */
  readonly path: string;
  readonly value: string;
  /** JSON pointer below the template. */
  readonly pointer: string;
}

export interface TemplateChange {
  readonly path: string;
  readonly before: TemplateLeaf | null;
  readonly after: TemplateLeaf | null;
}

const MOST_LEAVES = 5000;
const DEEPEST = 24;
/** Set by controllers on every template: says nothing. */
const NOISE = new Set([
  'metadata.labels[pod-template-hash]',
  'metadata.labels[controller-revision-hash]',
  'metadata.creationTimestamp',
  'metadata.annotations[kubernetes.io/change-cause]',
]);

export function templateLeaves(template: unknown): Map<string, TemplateLeaf> {
  const out = new Map<string, TemplateLeaf>();
  walk(objectAt(template, 'metadata') ?? {}, 'metadata', '/metadata', out, 0);
  const spec = objectAt(template, 'spec');
  if (spec !== null) walk(spec, '', '/spec', out, 0);
  return out;
}

function walk(v: unknown, path: string, pointer: string, out: Map<string, TemplateLeaf>, depth: number): void {
  if (out.size >= MOST_LEAVES || depth > DEEPEST || v === null || v === undefined) return;
  if (Array.isArray(v)) {
    for (const [i, e] of v.entries()) {
      const name = textAt(e, 'name') ?? textAt(e, 'key') ?? (path.endsWith('.ports') ? scalarAt(e, 'containerPort') : null);
      const at = `${path}[${name ?? i}]`;
      if (/(?:^|\.)env$/.test(path) && name !== null) set(out, at, envValue(e), `${pointer}/${i}`);
      else if (typeof e === 'object') walk(e, at, `${pointer}/${i}`, out, depth + 1);
      else set(out, at, String(e), `${pointer}/${i}`);
    }
    return;
  }
  if (typeof v === 'object') {
    for (const [k, e] of Object.entries(v)) {
      const keyed = path === 'metadata.labels' || path === 'metadata.annotations' || path.endsWith('nodeSelector');
      const at = keyed ? `${path}[${k}]` : path === '' ? k : `${path}.${k}`;
      const below = `${pointer}/${k.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      if (typeof e === 'object') walk(e, at, below, out, depth + 1);
      else set(out, at, String(e), below);
    }
  }
}

function set(out: Map<string, TemplateLeaf>, path: string, value: string, pointer: string): void {
  if (!NOISE.has(path) && !(/\.name$/.test(path) && path.includes('['))) out.set(path, { path, value, pointer });
}

/** The value, or where it comes from: "ConfigMap orders-config key LOG_LEVEL". */
function envValue(e: unknown): string {
  const value = textAt(e, 'value');
  if (value !== null) return value;
  for (const [kind, label] of [
    ['configMapKeyRef', 'ConfigMap'],
    ['secretKeyRef', 'Secret'],
  ] as const) {
    const ref = objectAt(e, 'valueFrom', kind);
    if (ref !== null) return `${label} ${textAt(ref, 'name') ?? ''} key ${textAt(ref, 'key') ?? ''}`;
  }
  const from = fieldAt(e, ['valueFrom']);
  return from === undefined ? '' : JSON.stringify(from).slice(0, 200);
}

export function templateDiff(before: ReadonlyMap<string, TemplateLeaf>, after: ReadonlyMap<string, TemplateLeaf>): TemplateChange[] {
  const out: TemplateChange[] = [];
  for (const path of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const a = before.get(path) ?? null;
    const b = after.get(path) ?? null;
    if (a?.value !== b?.value) out.push({ path, before: a, after: b });
  }
  return out;
}
