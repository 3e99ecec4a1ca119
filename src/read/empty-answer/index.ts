/**
 * Reads answers that hold nothing: an empty file, `[]`, `{}`, `null`, and what kubectl says instead of an answer.
 * Written by: kubectl 1.37 on its error stream (pkg/cmd/get, pkg/cmd/util: "Error from server (Reason): …"), the kubelet for logs that are
 *             gone ("unable to retrieve container logs for containerd://…"), anything that prints an empty JSON value.
 * Sample:   Error from server (BadRequest): previous terminated container "catalog" in pod "catalog-6b5b997795-v7pjt" not found
 * Problems: empty-answer/nothing. It is silence, not health: nothing is concluded from it.
 * Not read: answers with content beside such a line.
 */
import { decodeLatin1, placeAt, type Reader, readSlice } from '../../model/index.ts';

export interface EmptyAnswer {
  /** What stands there, at most a line. */
  readonly says: string;
  readonly why: 'empty' | 'no-objects' | 'refused' | 'log-gone';
}

/** Longer texts are no bare answer. */
const CAP = 4096;
const FORMS: readonly (readonly [RegExp, EmptyAnswer['why']])[] = [
  [/^(?:\[\s*\]|\{\s*\}|null)?$/, 'empty'],
  [/^No resources found(?: in \S{1,253} namespace)?\.?$/, 'no-objects'],
  [/^unable to retrieve container logs for \S{1,300}$/, 'log-gone'],
  [/^Error from server \([A-Za-z]{1,60}\): [^\n]{1,3000}$/, 'refused'],
  [/^(?:The connection to the server \S{1,300} was refused|Unable to connect to the server: )[^\n]{0,2000}$/, 'refused'],
];

function answerIn(text: string): EmptyAnswer | null {
  // a byte order mark and blanks are nothing either
  const bare = text.replace(/^\u00ef\u00bb\u00bf/, '').trim();
  const found = FORMS.find(([form]) => form.test(bare));
  return found === undefined ? null : { says: bare, why: found[1] };
}

const NEXT: { readonly [why in EmptyAnswer['why']]: string } = {
  empty: 'capture it again, and see what the command prints on its error stream',
  'no-objects': 'the namespace, or -A for all of them',
  refused: 'what the server says; kubectl auth can-i for rights',
  'log-gone': 'kubectl logs without --previous, or the log store of the cluster: the runtime keeps the newest lives only',
};

export const emptyAnswer: Reader<EmptyAnswer> = {
  id: 'empty-answer',
  title: 'an answer that holds nothing',
  takes: 'whole',

  sniff(head, size) {
    if (size > CAP || size > head.length) return { confidence: 0, reached: 0, why: 'more than a bare answer' };
    const found = answerIn(decodeLatin1(head));
    return found === null ? { confidence: 0, reached: 0, why: 'it holds something' } : { confidence: 0.6, reached: head.length, why: `an answer that holds nothing: ${found.why}` };
  },

  read(artifact) {
    const size = artifact.source.sizeBytes;
    const model = size > CAP ? null : answerIn(decodeLatin1(readSlice(artifact.source, 0, size)));
    const place = size === 0 ? null : placeAt(artifact.id, { offset: 0, length: Math.min(200, size) });
    return {
      model,
      problems: [
        {
          code: 'empty-answer/nothing',
          severity: 'note',
          place,
          what: model === null || model.says === '' ? 'the file holds nothing' : `the answer holds nothing: ${model.says.slice(0, 200)}`,
          why: 'nothing is concluded from silence',
          next: model === null ? NEXT.empty : NEXT[model.why],
        },
      ],
    };
  },
};
