/** What a new unit starts from. Each stub fails its own test until it is written. */
import { camel } from '../gen/indexes.ts';

export interface NewFile {
  readonly path: string;
  readonly text: string;
}

const EMPTY_ORIGIN = '{}\n';

export function reader(name: string): NewFile[] {
  const folder = `src/read/${name}`;
  const constant = camel(name);
  const model = constant.charAt(0).toUpperCase() + constant.slice(1);
  return [
    {
      path: `${folder}/index.ts`,
      text: `/**
 * Reads …
 * Written by: (program, file and function, versions)
 * Sample:   (one real line)
 * Units:    …
 * Problems: ${name}/unreadable. Never throws on input.
 * Not read: …
 */
import type { Artifact, Reader, ReadResult, Sniff, Span } from '../../model/index.ts';

export interface ${model} {
  readonly records: readonly Span[];
}

export const ${constant}: Reader<${model}> = {
  id: '${name}',
  title: '…',
  takes: 'whole',
  sniff(_head: Uint8Array, _sizeBytes: number): Sniff {
    return { confidence: 0, reached: 0, why: 'not written yet' };
  },
  read(artifact: Artifact): ReadResult<${model}> {
    return {
      model: null,
      problems: [
        {
          code: '${name}/unreadable',
          severity: 'error',
          place: { artifact: artifact.id, offset: 0, length: 0 },
          what: 'nothing was read',
          why: 'the reader is not written yet',
          next: 'write it',
        },
      ],
    };
  },
};
`,
    },
    {
      path: `${folder}/${name}.test.ts`,
      text: `import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkReader, fixtures } from '../testing/check-reader.ts';
import { ${constant} } from './index.ts';

// files written by the real program; say in testdata/ORIGIN.json which, how and in what version
const files = fixtures(join(import.meta.dirname, 'testdata'), /./);

describe('${name}', () => {
  test('has a fixture', () => expect(files.length).toBeGreaterThan(0));
  for (const file of files) {
    test(file.slice(import.meta.dirname.length + 1), () =>
      checkReader({
        reader: ${constant},
        file,
        summary: (model) => ({ records: model.records.length }),
        integrity: (model, artifact) => {
          for (const r of model.records) expect(r.offset + r.length).toBeLessThanOrEqual(artifact.source.sizeBytes);
        },
      }),
    );
  }
});
`,
    },
    { path: `${folder}/testdata/ORIGIN.json`, text: EMPTY_ORIGIN },
  ];
}

export function observer(name: string): NewFile[] {
  const folder = `src/observe/${name}`;
  const constant = camel(name);
  return [
    {
      path: `${folder}/index.ts`,
      text: `/**
 * Observes …
 * Reads: (readers) · Answers: (condition kinds) · Absent is said where: …
 */
import { type Kind, NOTHING, type Observation, type Observer, type Query, type World } from '../../model/index.ts';

export const ${constant}: Observer = {
  id: '${name}',
  answers: [],
  look(_kind: Kind, _query: Query, _world: World): Observation {
    return NOTHING;
  },
};
`,
    },
    {
      path: `${folder}/${name}.test.ts`,
      text: `import { describe, expect, test } from 'vitest';
import { ${constant} } from './index.ts';

describe('${name}', () => {
  test('answers at least one kind of condition', () => expect(${constant}.answers.length).toBeGreaterThan(0));
});
`,
    },
    { path: `${folder}/testdata/ORIGIN.json`, text: EMPTY_ORIGIN },
  ];
}

export function mechanism(id: string): NewFile[] {
  const [domain, name] = id.split('/') as [string, string];
  const folder = `src/diagnose/mechanisms/${domain}/${name}`;
  const constant = camel(name);
  return [
    {
      path: `${folder}/index.ts`,
      text: `/** (How the one brings about the other, in Go's or Kubernetes' own terms, and what would look the same.) */
import { processExited } from '../../../../model/conditions/crash.ts';
import { defineMechanism } from '../../../../model/index.ts';

export const ${constant} = defineMechanism({
  id: '${id}',
  title: '…',
  // the condition kind it brings about, and what it needs for that: src/model/conditions/
  to: processExited,
  from: [],
  because: '…',
  requires: [],
  refutes: [],
  rivals: [],
  order: 'cause-first',
  // trial: cannot rise above supported
  status: 'trial',
  culprits: () => [],
  acceptedFalsePositives: [],
});
`,
    },
    {
      path: `${folder}/${name}.test.ts`,
      text: `import { describe, expect, test } from 'vitest';
import { ${constant} } from './index.ts';

describe('${id}', () => {
  test('match: needs an antecedent that is joined by more than time', () => expect(${constant}.from.length).toBeGreaterThan(0));
  test('near miss: says what refutes it', () => expect(${constant}.refutes.length).toBeGreaterThan(0));
});
`,
    },
    { path: `${folder}/testdata/ORIGIN.json`, text: EMPTY_ORIGIN },
  ];
}

/** Kinds stand in one file a domain: the new one is added at its end. */
export function condition(id: string, domainFile: string | null): NewFile[] {
  const [domain, name] = id.split('/') as [string, string];
  const text = `
export const ${camel(name)} = defineKind({
  id: '${id}',
  title: '…',
  explain: '',
  next: '',
});
`;
  return [{ path: `src/model/conditions/${domain}.ts`, text: `${domainFile ?? "import { defineKind } from '../condition.ts';\n"}${text}` }];
}

/** A log format: its definition proves itself by samples, and they must be lines of what its logger wrote. */
export function logFormat(name: string): NewFile[] {
  const folder = `src/read/logs/formats/${name}`;
  return [
    {
      path: `${folder}/index.ts`,
      text: `import type { TextFormat } from '../../format.ts';

export const ${camel(name)}: TextFormat = {
  id: '${name}',
  title: '…',
  // the source file that writes it, and what is special about it
  writtenBy: '…',
  // or KeyedFormat with shape json or logfmt, roles and proof: src/read/logs/format.ts
  shape: 'text',
  durations: 'unknown',
  levels: { INFO: 'info', ERROR: 'error' },
  // how a record begins, as it looks: src/read/logs/layout.ts
  layouts: ['{time:rfc3339} [{level}] {message}'],
  // whole lines of the files in testdata/, which a story in go/zoo/loggers wrote and scripts/record-loggers recorded
  samples: [],
};
`,
    },
    { path: `${folder}/testdata/ORIGIN.json`, text: EMPTY_ORIGIN },
  ];
}
