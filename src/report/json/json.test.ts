import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { REPORT_SCHEMA } from '../../model/report-schema.ts';
import { upgradeReport } from '../../model/report-upgrade.ts';
import { healthyReport, hostile, sampleReport } from '../testing/sample.ts';
import { renderJson } from './index.ts';

const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(REPORT_SCHEMA);

describe('json', () => {
  test.each([
    ['sample', sampleReport],
    ['healthy', healthyReport],
  ])('%s: valid, and the same report comes back', (_name, report) => {
    const parsed = JSON.parse(renderJson(report)) as unknown;
    expect(validate(parsed), JSON.stringify(validate.errors)).toBe(true);
    expect(parsed).toEqual(JSON.parse(JSON.stringify(report)));
    expect(upgradeReport(parsed)).toEqual({ report: parsed });
  });

  test('a report of the first version gets what the second one says of each incident', () => {
    const first = JSON.parse(renderJson(sampleReport));
    first.schema = 'gorca.report/1';
    for (const i of first.incidents) {
      delete i.outcome;
      for (const s of [...i.symptoms, ...i.frontiers]) delete s.workload;
    }
    first.incidents.push({ ...first.incidents[0], causes: [{ ...first.incidents[0].causes[0], verdict: 'associated' }] });
    const upgraded = upgradeReport(first);
    if (!('report' in upgraded)) throw new Error(upgraded.refused);
    expect(validate(upgraded.report), JSON.stringify(validate.errors)).toBe(true);
    expect(upgraded.report.incidents.map((i) => i.outcome)).toEqual(['cause-found', 'unproven']);
    expect(upgraded.report.incidents[0]?.symptoms[0]?.workload).toBeNull();
  });

  test('the schema refuses what the contract does not name', () => {
    expect(validate({ ...sampleReport, extra: 1 })).toBe(false);
    expect(validate({ ...sampleReport, outcome: 'maybe' })).toBe(false);
    expect(validate({ ...sampleReport, places: [{ n: 0 }] })).toBe(false);
    const { gaps: _gaps, ...without } = sampleReport;
    expect(validate(without)).toBe(false);
  });

  test('printed JSON holds nothing a terminal obeys, and keeps every character', () => {
    const report = { ...sampleReport, hints: [{ flag: '--scope', value: `${hostile}\u009b31m\u{e0041}` }] };
    const text = renderJson(report);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    expect((JSON.parse(text) as typeof report).hints).toEqual(report.hints);
  });

  test('a report of an unknown version is refused, and so is what is none', () => {
    expect(upgradeReport({ schema: 'gorca.report/99' })).toEqual({ refused: expect.stringContaining('gorca.report/99') });
    for (const none of [null, [], 'x', {}, { schema: 1 }, { schema: 'constructor' }]) expect(upgradeReport(none)).toHaveProperty('refused');
  });
});
