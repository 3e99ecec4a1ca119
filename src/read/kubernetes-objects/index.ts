/**
 * Reads Kubernetes objects as JSON or YAML.
 * Written by: `kubectl get -o json|yaml`, `kubectl get --raw`, watch streams, kubernetes-event-exporter (a JSON object a line), and people
 *   (manifests). Shapes: kubectl's List with kind on every item; the API's PodList without; a bare array; one value after another;
 *   YAML with several documents. Events of v1 and events.k8s.io/v1. Seen with Kubernetes 1.37; field names hold since 1.19.
 * Sample:   {"apiVersion":"v1","items":[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"orders-67cfdccc8b-6tn9m",…
 * Units:    times become instants; quantities stay as written (lib/quantity.ts reads them).
 * Problems: kubernetes-objects/truncated (whole items before the cut are kept), /yaml, /stranger, /kubeconfig, /too-large, /empty.
 * Not read: values of Secrets (dropped at once), kubeconfig files, managedFields.
 */
import { type Artifact, decodeText, type Problem, placeAt, type Reader, readSlice } from '../../model/index.ts';
import { skipSpace } from '../lib/json-scan.ts';
import { type Found, headKeys, type ListSeen, readJsonText } from './json-text.ts';
import type { KubernetesObject } from './object.ts';
import { readYamlText, YAML_CAP } from './yaml-text.ts';

export { eventView } from './event.ts';
export type { ListSeen } from './json-text.ts';
export { fieldOf, instantOf, type KubernetesObject } from './object.ts';
export { podView } from './pod.ts';
export { keysView, nodeView, quotaView, serviceView, WORKLOAD_KINDS, workloadView } from './workload.ts';

export interface KubernetesObjects {
  readonly form: 'json' | 'yaml';
  readonly objects: readonly KubernetesObject[];
  readonly lists: readonly ListSeen[];
}

const JSON_CAP = 256 * 1024 * 1024;
const ENVELOPE_KEYS = ['kind', 'apiVersion', 'items', 'metadata', 'involvedObject', 'object'];

export const kubernetesObjects: Reader<KubernetesObjects> = {
  id: 'kubernetes-objects',
  title: 'Kubernetes objects (JSON or YAML)',
  takes: 'whole',

  sniff(head) {
    const start = skipSpace(head, afterMark(head));
    const first = head[start];
    if (first === 0x7b || first === 0x5b) return sniffJson(head, first === 0x5b ? skipSpace(head, start + 1) : start);
    const text = decodeText(head);
    const apiVersion = /^apiVersion: ?\S/m.exec(text);
    const kind = /^kind: ?[A-Z]/m.exec(text);
    if (apiVersion !== null && kind !== null) return { confidence: 0.9, reached: Math.max(apiVersion.index, kind.index), why: 'YAML with apiVersion and kind' };
    if (apiVersion !== null && /^items:/m.test(text)) return { confidence: 0.85, reached: apiVersion.index, why: 'YAML with apiVersion and items' };
    return { confidence: 0, reached: 0, why: 'neither JSON nor YAML with apiVersion and kind' };
  },

  read(artifact) {
    const size = artifact.source.sizeBytes;
    const head = readSlice(artifact.source, 0, 4096);
    const start = skipSpace(head, afterMark(head));
    const json = head[start] === 0x7b || head[start] === 0x5b;
    const cap = json ? JSON_CAP : YAML_CAP;
    if (size > cap)
      return refused(
        artifact,
        'too-large',
        `${size} bytes of ${json ? 'JSON' : 'YAML'}`,
        `at most ${cap} bytes are read at once`,
        json ? 'split the list by namespace' : 'export with -o json instead',
      );
    const bytes = readSlice(artifact.source, 0, size);
    const problems: Problem[] = [];
    const found: Found = json ? readJsonText(bytes, start) : readYaml(artifact, bytes, problems);
    const objects = found.objects;
    if (found.kubeconfig)
      problems.push({
        code: 'kubernetes-objects/kubeconfig',
        severity: objects.length === 0 ? 'error' : 'warning',
        place: null,
        what: 'the file is a kubeconfig',
        why: 'it holds credentials and says nothing about an incident; it is not read',
        next: 'remove it before the folder is passed on',
      });
    if (found.cutAt !== null)
      problems.push({
        code: 'kubernetes-objects/truncated',
        severity: 'warning',
        place: placeAt(artifact.id, { offset: Math.max(0, found.cutAt - 80), length: Math.min(80, found.cutAt) }),
        what: `the text ends inside a value; ${objects.length} whole objects stand before the end`,
        why: 'what the list held after the cut is unknown: absence cannot be concluded from it',
        next: 'capture it again and check that the command finished',
      });
    const stranger = found.strangers[0];
    if (stranger !== undefined)
      problems.push({
        code: 'kubernetes-objects/stranger',
        severity: objects.length === 0 ? 'error' : 'note',
        place: placeAt(artifact.id, stranger),
        what: `${found.strangers.length} values are no Kubernetes objects`,
        why: 'they lack kind or metadata.name, or are no valid JSON',
        next: 'nothing, unless an object was expected there',
      });
    if (objects.length === 0 && found.lists.length === 0) {
      if (problems.length === 0) return refused(artifact, 'empty', 'no Kubernetes object in it', 'objects need kind and metadata.name', 'kubectl get pods,events -o json');
      return { model: null, problems };
    }
    return { model: { form: json ? 'json' : 'yaml', objects, lists: found.cutAt === null ? found.lists : [] }, problems };
  },
};

function readYaml(artifact: Artifact, bytes: Uint8Array, problems: Problem[]): Found {
  const found = readYamlText(bytes);
  const error = found.errors[0];
  if (error !== undefined)
    problems.push({
      code: 'kubernetes-objects/yaml',
      severity: found.objects.length === 0 ? 'error' : 'warning',
      place: placeAt(artifact.id, { offset: Math.min(error.offset, bytes.length), length: Math.min(80, bytes.length - Math.min(error.offset, bytes.length)) }),
      what: `YAML error: ${error.what}`,
      why: 'what follows in that document may be read wrongly or not at all',
      next: 'export it again, or as JSON',
    });
  return found;
}

function sniffJson(head: Uint8Array, at: number): { confidence: number; reached: number; why: string } {
  const top = headKeys(head, at);
  const says = (confidence: number, why: string) => ({ confidence, reached: top.reached, why });
  if (top.kind !== null && top.apiVersion !== null) return says(0.95, `JSON with apiVersion ${top.apiVersion} and kind ${top.kind}`);
  if (top.keys.has('involvedObject') && top.keys.has('reason')) return says(0.9, 'JSON of an exported event');
  if (top.keys.has('type') && top.keys.has('object')) return says(0.6, 'JSON like a watch event');
  if (top.items !== null && !top.keys.has('data')) {
    // kubectl writes kind after the items
    let i = skipSpace(head, top.items + 1);
    if (head[i] === 0x7b) {
      const inner = headKeys(head, i);
      if (inner.kind !== null || inner.keys.has('metadata')) return says(0.9, 'JSON list of objects with kind or metadata');
      i = inner.reached;
    } else if (top.apiVersion !== null || top.kind !== null) return says(0.9, 'an empty JSON list of objects');
  }
  if (top.keys.has('metadata') && (top.kind !== null || top.apiVersion !== null)) return says(0.7, 'JSON with metadata');
  const seen = [...top.keys].filter((k) => ENVELOPE_KEYS.includes(k));
  return says(0, seen.length > 0 ? `JSON with ${seen.join(', ')} but not as an API object` : 'JSON without apiVersion, kind or items');
}

const afterMark = (head: Uint8Array): number => (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0);

function refused(artifact: Artifact, what: string, text: string, why: string, next: string) {
  const place = placeAt(artifact.id, { offset: 0, length: Math.min(80, artifact.source.sizeBytes) });
  return { model: null, problems: [{ code: `kubernetes-objects/${what}`, severity: 'error' as const, place, what: text, why, next }] };
}
