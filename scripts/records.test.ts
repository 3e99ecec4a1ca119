/** What every record must say of itself, whoever wrote it. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { mechanisms } from '../src/diagnose/mechanisms/index.ts';
import { kinds } from '../src/model/conditions/index.ts';
import { generalTitle } from '../src/model/index.ts';
import { observers } from '../src/observe/index.ts';
import { readers } from '../src/read/index.ts';
import { readerProblems } from '../src/read/problem-codes.ts';
import { unitsOf } from './gen/indexes.ts';

const ID = /^[a-z0-9]+(-[a-z0-9]+)*\/[a-z0-9]+(-[a-z0-9]+)*$/;
const root = process.cwd();
const ids = (list: readonly { readonly id: string }[]): string[] => list.map((u) => u.id);
const repeated = (list: readonly string[]): string[] => list.filter((id, i) => list.indexOf(id) !== i);

describe('records', () => {
  test('ids are unique, and are the names of their folders', () => {
    expect([...repeated(ids(readers)), ...repeated(ids(observers)), ...repeated(ids(mechanisms)), ...repeated(ids(kinds))]).toEqual([]);
    expect(ids(readers)).toEqual(unitsOf(root, 'src/read', 1));
    expect(ids(observers)).toEqual(unitsOf(root, 'src/observe', 1));
    expect(ids(mechanisms)).toEqual(unitsOf(root, 'src/diagnose/mechanisms', 2));
  });

  test.each(kinds.map((k) => [k.id, k] as const))('condition %s', (id, kind) => {
    expect(id).toMatch(ID);
    expect(kind.title.length, 'title').toBeGreaterThan(5);
    expect(kind.explain.length, 'explain').toBeGreaterThan(30);
    expect(kind.next.length, 'next: how to see it').toBeGreaterThan(5);
  });

  test('every kind is answered by an observer, and observers answer only kinds there are', () => {
    const answered = new Set(observers.flatMap((o) => o.answers.map((k) => k.id)));
    expect([...answered].filter((id) => !ids(kinds).includes(id))).toEqual([]);
    expect(ids(kinds).filter((id) => !answered.has(id))).toEqual([]);
  });

  test.each(mechanisms.map((m) => [m.id, m] as const))('mechanism %s', (id, m) => {
    // said of what was looked for and not found, so it must stand without a link
    expect(generalTitle(m)).toMatch(/^(?!.*(undefined|null|NaN|\?))[A-Za-z].* /);
    expect(id).toMatch(ID);
    expect(m.from.length).toBeGreaterThan(0);
    expect(
      m.rivals.filter((r) => !ids(mechanisms).includes(r)),
      'rivals that do not exist',
    ).toEqual([]);
    expect(m.rivals).not.toContain(id);
    const known = ids(kinds);
    expect([m.to.id, ...m.from.map((f) => f.kind.id)].filter((k) => !known.includes(k))).toEqual([]);
    const checks = [...m.requires, ...(m.confirms ?? []), ...(m.supports ?? []), ...m.refutes].map((c) => c.id);
    expect(repeated(checks), 'checks of one name').toEqual([]);
  });

  test.each(readers.map((r) => [r.id, r] as const))('reader %s', (id, r) => {
    expect(r.title.length).toBeGreaterThan(5);
    const comment = /^\/\*\*[\s\S]*?\*\//.exec(readFileSync(`src/read/${id}/index.ts`, 'utf8'))?.[0] ?? '';
    for (const part of [/Problems:/, /Not read\b/]) expect(comment, `the docstring of ${id}`).toMatch(part);
    expect(readerProblems.filter((p) => p.reader === id).length, 'documented problems').toBeGreaterThan(0);
  });
});
