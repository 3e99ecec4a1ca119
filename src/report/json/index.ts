/** The report as one JSON document: the versioned contract of docs/report.schema.json. */
import type { Report } from '../../model/report.ts';
import { escapeForJson } from '../lib/safe-text.ts';

export const renderJson = (report: Report): string => escapeForJson(`${JSON.stringify(report, null, 2)}\n`);
