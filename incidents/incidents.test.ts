/**
 * Every recorded incident gives the report that was read critically and kept beside its folder: <name>.expected.txt as a person sees it,
 * <name>.expected.json as programs do (not inside: what lies in a bundle and not in its manifest is mentioned in the report). After a change that is meant: npx vitest run incidents/incidents.test.ts -u, and read the difference.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { collectFiles } from '../src/collect/files/index.ts';
import { investigate } from '../src/investigate.ts';
import { REPORT_SCHEMA } from '../src/model/report-schema.ts';
import { goGrammarBytes } from '../src/platform/go-grammar.ts';
import { prepareGoSource } from '../src/read/go-source/index.ts';
import { renderJson } from '../src/report/json/index.ts';
import { redactReport } from '../src/report/redact/index.ts';
import { renderTerminal } from '../src/report/terminal/index.ts';

const folder = import.meta.dirname;
const names = readdirSync(folder, { withFileTypes: true })
  .filter((e) => e.isDirectory())
  .map((e) => e.name)
  .sort();

const grammar = goGrammarBytes();
if (grammar === null) throw new Error('the Go grammar is not installed');
await prepareGoSource(grammar);
const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(REPORT_SCHEMA);

test('there are incidents', () => expect(names.length).toBeGreaterThan(0));

describe.each(names)('%s', (name) => {
  test('the report is the expected one, and holds to its schema', async () => {
    const { artifacts, problems, gaps } = await collectFiles([join(folder, name)]);
    const { report } = investigate(artifacts, { problems, gaps });
    expect(validate(JSON.parse(renderJson(report))), JSON.stringify(validate.errors)).toBe(true);
    expect(validate(JSON.parse(renderJson(redactReport(report)))), JSON.stringify(validate.errors)).toBe(true);
    await expect(renderTerminal(report)).toMatchFileSnapshot(join(folder, `${name}.expected.txt`));
    await expect(renderJson(report)).toMatchFileSnapshot(join(folder, `${name}.expected.json`));
  });
});

test('services that had one loopback address one after the other stay apart', async () => {
  const one = async (...of: readonly string[]) => {
    const { artifacts, problems, gaps } = await collectFiles(of.map((name) => join(folder, name)));
    const { report } = investigate(artifacts, { problems, gaps });
    return report.incidents.map((i) => ({ symptoms: i.symptoms.map((s) => `${s.condition} ${s.entity} ${s.says}`), causes: i.causes.map((c) => [c.mechanism, c.verdict, c.culprits.map((x) => `${x.function}:${x.line}`)]) }));
  };
  const apart = [...(await one('lock-across-io')), ...(await one('ticker-leak'))];
  expect(apart).toHaveLength(2);
  expect(await one('lock-across-io', 'ticker-leak')).toEqual(apart);
  expect(await one('ticker-leak', 'lock-across-io')).toEqual(apart);
});
