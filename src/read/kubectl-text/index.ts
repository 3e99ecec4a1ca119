/**
 * Reads what people paste from kubectl: tables of `kubectl get`, `kubectl describe` text, `kubectl rollout history`; several in one file.
 * Written by: k8s.io/cli-runtime printers (tables), k8s.io/kubectl pkg/describe and pkg/cmd/rollout; seen with 1.37.
 * Sample:   NAME                       READY   STATUS             RESTARTS     AGE
 *           orders-67cfdccc8b-6tn9m    0/1     CrashLoopBackOff   2 (4s ago)   26s
 * Units:    ages count back from the capture time when the artifact has one (else times stay null); "3h" is between 3 h and 4 h.
 * Problems: kubectl-text/no-capture-time, /too-large, /nothing.
 * Not read: describe of other kinds than pods, nodes, workloads and their events; custom columns without AGE; `kubectl top`.
 */
import { decodeText, type Instant, type Problem, placeAt, type Reader, readSlice, type Span } from '../../model/index.ts';
import type { EventView, NodeView, PodView, WorkloadView } from '../lib/kubernetes-views.ts';
import { describedPod } from './describe-pod.ts';
import { describeTree } from './describe-tree.ts';
import { type DescribedKind, describedEvents, describedKind, describedNode, describedWorkload } from './describe-workload.ts';
import { isHistoryHead, type RolloutHistory, readHistory } from './history.ts';
import { type TextLine, textLines } from './lines.ts';
import { eventRows, type NodeRow, nodeRows, type PodRow, podRows, type TableKind, tableKind, type WorkloadRow, workloadRows } from './rows.ts';
import { columnsOf, readTable } from './table.ts';

export type { HistoryRevision, RolloutHistory, TemplateField } from './history.ts';
export type { NodeRow, PodRow, TableKind, WorkloadRow } from './rows.ts';

export interface SeenTable {
  readonly kind: TableKind;
  readonly rows: number;
  readonly allNamespaces: boolean;
  readonly header: Span;
}

export interface KubectlText {
  readonly takenAt: Instant | null;
  readonly tables: readonly SeenTable[];
  readonly podRows: readonly PodRow[];
  readonly workloadRows: readonly WorkloadRow[];
  readonly nodeRows: readonly NodeRow[];
  /** From tables and from the end of descriptions. */
  readonly events: readonly EventView[];
  readonly pods: readonly PodView[];
  readonly workloads: readonly WorkloadView[];
  readonly nodes: readonly NodeView[];
  readonly described: readonly { readonly kind: DescribedKind; readonly name: string; readonly span: Span }[];
  readonly histories: readonly RolloutHistory[];
}

const CAP = 32 * 1024 * 1024;
const SNIFFED_LINES = 400;

export const kubectlText: Reader<KubectlText> = {
  id: 'kubectl-text',
  title: 'kubectl tables and descriptions',
  takes: 'whole',

  sniff(head) {
    let filled = 0;
    // a byte order mark is kept out
    let start = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
    for (let n = 0; n < SNIFFED_LINES && start < head.length; n++) {
      const lf = head.indexOf(0x0a, start);
      const end = lf < 0 ? head.length : lf;
      const of = maySay(head[start]!) ? startOf(head.subarray(start), SNIFFED_LINES - n) : isBlank(head, start, end) ? 'blank' : null;
      if (of !== 'blank') filled++;
      if (of !== null && of !== 'blank') return { confidence: filled <= 5 ? 0.9 : 0.55, reached: start + of.length, why: of.why };
      start = end + 1;
    }
    return { confidence: 0, reached: 0, why: 'no header of a kubectl table, no description' };
  },

  read(artifact) {
    const size = artifact.source.sizeBytes;
    const place = placeAt(artifact.id, { offset: 0, length: Math.min(80, size) });
    if (size > CAP)
      return {
        model: null,
        problems: [
          { code: 'kubectl-text/too-large', severity: 'error', place, what: `${size} bytes of text`, why: `at most ${CAP} bytes are read at once`, next: 'capture with -o json' },
        ],
      };
    const takenAt = artifact.takenAt ?? null;
    const model = readText(textLines(readSlice(artifact.source, 0, size)), takenAt);
    if (model.tables.length === 0 && model.described.length === 0 && model.histories.length === 0)
      return {
        model: null,
        problems: [
          {
            code: 'kubectl-text/nothing',
            severity: 'error',
            place,
            what: 'no kubectl table, description or history in it',
            why: 'none of the headers kubectl prints was found',
            next: 'kubectl get pods -o json',
          },
        ],
      };
    const problems: Problem[] = [];
    if (takenAt === null && (model.events.length > 0 || model.podRows.length > 0))
      problems.push({
        code: 'kubectl-text/no-capture-time',
        severity: 'note',
        place,
        what: 'ages stand in the text but nothing says when it was captured',
        why: 'ages count back from the moment of capture: these events have no time',
        next: 'capture events with -o json, which carries their times',
      });
    return { model, problems };
  },
};

function tableHead(line: TextLine): TableKind | null {
  if (line.indent !== 0 || !/^[A-Z]/.test(line.text)) return null;
  return tableKind(columnsOf(line.text).map((c) => c.name));
}

/** Capitals of a table's header and of "Name:", the d of deployment and daemonset, the s of statefulset: no other line is decoded. */
const maySay = (first: number): boolean => (first >= 0x41 && first <= 0x5a) || first === 0x64 || first === 0x73;

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  let i = start;
  while (i < end && (bytes[i] === 0x20 || (bytes[i]! >= 0x09 && bytes[i]! <= 0x0d))) i++;
  return i === end || (bytes[i]! > 0x7f && decodeText(bytes.subarray(i, end)).trim() === '');
}

/** What begins at the head of these bytes: how long that line is, without its end. */
function startOf(bytes: Uint8Array, most: number): { readonly length: number; readonly why: string } | null {
  const line = textLines(bytes, 1)[0] as TextLine;
  const { length } = line.span;
  if (line.text.length < 2000 && tableHead(line) !== null) return { length, why: 'header of a kubectl table' };
  if (line.text.startsWith('Name:') && startsDescription(textLines(bytes, Math.min(6, most)), 0)) return { length, why: 'start of a kubectl description' };
  if (isHistoryHead(line.text) && /^(?:REVISION\s|Pod Template:)/.test(textLines(bytes, Math.min(2, most))[1]?.text ?? '')) return { length, why: 'kubectl rollout history' };
  return null;
}

/** "Name:" at the margin, followed within a few lines by another field that every description has. */
function startsDescription(lines: readonly TextLine[], at: number): boolean {
  if (!/^Name:\s+\S/.test(lines[at]?.text ?? '')) return false;
  for (let i = at + 1; i < Math.min(lines.length, at + 6); i++) if (/^(?:Namespace|Labels|Roles|Annotations|Selector|Priority):/.test(lines[i]?.text ?? '')) return true;
  return false;
}

function readText(lines: readonly TextLine[], takenAt: Instant | null): KubectlText {
  const tables: SeenTable[] = [];
  const pods: PodRow[] = [];
  const workloads: WorkloadRow[] = [];
  const nodes: NodeRow[] = [];
  const events: EventView[] = [];
  const describedPods: PodView[] = [];
  const describedWorkloads: WorkloadView[] = [];
  const describedNodes: NodeView[] = [];
  const described: { kind: DescribedKind; name: string; span: Span }[] = [];
  const histories: RolloutHistory[] = [];
  const starts = (l: TextLine): boolean => tableHead(l) !== null || isHistoryHead(l.text) || /^\$ /.test(l.text);
  let i = 0;
  while (i < lines.length) {
    const line = lines[i] as TextLine;
    const kind = tableHead(line);
    if (kind !== null) {
      const table = readTable(lines, i, starts);
      if (table !== null) {
        tables.push({ kind, rows: table.rows.length, allNamespaces: table.columns[0] === 'NAMESPACE', header: table.header });
        if (kind === 'pods') pods.push(...podRows(table, takenAt));
        else if (kind === 'events') events.push(...eventRows(table, takenAt));
        else if (kind === 'nodes') nodes.push(...nodeRows(table));
        else workloads.push(...workloadRows(table, kind));
        i = table.next;
        continue;
      }
    }
    const history = isHistoryHead(line.text) ? readHistory(lines, i) : null;
    if (history !== null) {
      histories.push(history.history);
      i = history.next;
      continue;
    }
    if (startsDescription(lines, i)) {
      let end = i + 1;
      while (end < lines.length && !startsDescription(lines, end) && !starts(lines[end] as TextLine)) end++;
      const root = describeTree(lines, i, end);
      const what = describedKind(root);
      described.push({ kind: what, name: root.children[0]?.value ?? '', span: root.span });
      if (what === 'Pod') describedPods.push(describedPod(root, lines));
      else if (what === 'Node') describedNodes.push(describedNode(root, lines));
      else if (what !== 'other') describedWorkloads.push(describedWorkload(root, what, lines));
      events.push(...describedEvents(root, what, lines, takenAt));
      i = end;
      continue;
    }
    i++;
  }
  return {
    takenAt,
    tables,
    podRows: pods,
    workloadRows: workloads,
    nodeRows: nodes,
    events,
    pods: describedPods,
    workloads: describedWorkloads,
    nodes: describedNodes,
    described,
    histories,
  };
}
