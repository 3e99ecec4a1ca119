import type { Span } from '../../model/index.ts';
import { describeTree, type Field } from './describe-tree.ts';
import type { TextLine } from './lines.ts';
import { spanning } from './lines.ts';
import { readTable } from './table.ts';

export interface HistoryRevision {
  readonly revision: string;
  /** The annotation kubernetes.io/change-cause; null when nobody set it. */
  readonly cause: string | null;
  readonly span: Span;
}

/** `kubectl rollout history`: the list of revisions, or one revision's template as text. */
export interface RolloutHistory {
  readonly kind: string;
  readonly name: string;
  readonly revisions: readonly HistoryRevision[];
  readonly detail: { readonly revision: string; readonly fields: readonly TemplateField[] } | null;
  readonly span: Span;
}

/** One line of a template: path as in a pod spec, value as printed. */
export interface TemplateField {
  readonly path: string;
  readonly value: string;
  readonly span: Span;
}

const HEAD = /^(deployment|statefulset|daemonset)(?:\.apps)?\/(\S{1,253}?)(?: with revision #(\d{1,9}))? ?$/;

export const isHistoryHead = (line: string): boolean => HEAD.test(line);

export function readHistory(lines: readonly TextLine[], at: number): { history: RolloutHistory; next: number } | null {
  const line = lines[at];
  const m = line === undefined ? null : HEAD.exec(line.text);
  const below = lines[at + 1];
  if (line === undefined || m === null || below === undefined) return null;
  if (m[3] === undefined) {
    if (!/^REVISION\s+CHANGE-CAUSE/.test(below.text)) return null;
    const table = readTable(lines, at + 1, () => false);
    if (table === null) return null;
    const revisions = table.rows.flatMap((r) => {
      const revision = r.cells['REVISION'] ?? '';
      const cause = r.cells['CHANGE-CAUSE'] ?? '';
      return /^\d{1,9}$/.test(revision) ? [{ revision, cause: cause === '' || cause === '<none>' ? null : cause, span: r.span }] : [];
    });
    const last = revisions[revisions.length - 1]?.span ?? table.header;
    return { history: { kind: m[1] ?? '', name: m[2] ?? '', revisions, detail: null, span: spanning(line.span, last) }, next: table.next };
  }
  if (!/^Pod Template:/.test(below.text)) return null;
  let end = at + 2;
  while (end < lines.length && (lines[end] as TextLine).text.trim() !== '') end++;
  const fields: TemplateField[] = [];
  flatten(describeTree(lines, at + 2, end), '', fields);
  const last = lines[end - 1]?.span ?? line.span;
  return { history: { kind: m[1] ?? '', name: m[2] ?? '', revisions: [], detail: { revision: m[3], fields }, span: spanning(line.span, last) }, next: end };
}

/** Containers/orders/Environment/X → containers[orders].env[X]. */
const SECTION: { readonly [key: string]: string } = { Containers: 'containers', 'Init Containers': 'initContainers', Volumes: 'volumes', Environment: 'env' };
const NAME: { readonly [key: string]: string } = {
  Image: 'image',
  Limits: 'resources.limits',
  Requests: 'resources.requests',
  Port: 'ports',
  Command: 'command',
  Args: 'args',
  Liveness: 'livenessProbe',
  Readiness: 'readinessProbe',
  Startup: 'startupProbe',
};

function flatten(f: Field, prefix: string, out: TemplateField[]): void {
  for (const c of f.children) {
    if (c.key === 'Labels' || c.key === 'Annotations') continue;
    const name = SECTION[c.key] ?? NAME[c.key] ?? c.key;
    // below these names the next keys are elements, not fields
    const path = /(?:^|\.)(?:containers|initContainers|volumes|env)$/.test(prefix) ? `${prefix}[${c.key}]` : prefix === '' ? name : `${prefix}.${name}`;
    if (c.children.length > 0) flatten(c, path, out);
    else if (c.value !== '' && c.value !== '<none>') out.push({ path, value: c.value.replaceAll('\t', ' '), span: c.line });
  }
}
