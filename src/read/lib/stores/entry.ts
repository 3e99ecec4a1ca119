/** One line as a log store hands it back: the line itself, when the store says it was written, and what the store knows beside it. */
import type { Span } from '../../../model/index.ts';
import type { EntryField } from '../entry-fields.ts';

export interface StoreEntry {
  /** The entry in the artifact's bytes. */
  readonly span: Span;
  /** RFC 3339 with nanoseconds; null where it is none. */
  readonly time: string | null;
  /** The line, unescaped. May hold line ends. */
  readonly text: Uint8Array;
  /** Where `text` stands verbatim in the artifact; -1 where it had to be unescaped. */
  readonly textOffset: number;
  /** Labels of the stream, then what stands beside this line. Stores keep text only: the digits of an int64 are all there. */
  readonly fields: readonly EntryField[];
  /** Who wrote it: "pod/orders-7d9/orders" where labels say so, else the labels of its stream. */
  readonly writer: string | null;
  readonly stream: 'stdout' | 'stderr' | null;
  /** Longer than the line reader's cap: the rest was not read. */
  readonly cut: boolean;
}

const POD = ['pod', 'pod_name', 'k8s_pod_name', 'k8s.pod.name', 'kubernetes_pod_name', 'kubernetes.pod_name', 'kubernetes.pod.name'];
const CONTAINER = [
  'container',
  'container_name',
  'k8s_container_name',
  'k8s.container.name',
  'kubernetes_container_name',
  'kubernetes.container_name',
  'kubernetes.container.name',
];
const STREAM = ['stream', 'log_iostream', 'log.iostream', 'logtag_stream'];

const textAt = (fields: readonly EntryField[], names: readonly string[]): string | null => {
  for (const name of names) {
    for (const f of fields) if (f.name === name && f.text !== '') return f.text;
  }
  return null;
};

/** As `kubectl logs --prefix` spells it, so that one pod is one writer whichever way its lines came. */
export function writerOf(fields: readonly EntryField[], labels: string | null): string | null {
  const pod = textAt(fields, POD);
  if (pod === null) return labels;
  const container = textAt(fields, CONTAINER);
  return container === null ? `pod/${pod}` : `pod/${pod}/${container}`;
}

export function streamOf(fields: readonly EntryField[]): 'stdout' | 'stderr' | null {
  const name = textAt(fields, STREAM);
  return name === 'stdout' || name === 'stderr' ? name : null;
}
