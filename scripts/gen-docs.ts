/**
 * Documents made from the records themselves: the pages catalogue, cli, conformance, errors, log-formats and the schemas. Run by `npm run gen` after the lists
 * are written, because it imports what they list. Prints them as JSON: gen alone writes files.
 */

import { REPORT_SCHEMA } from '../src/model/report-schema.ts';
import { OWN_FORMAT_SCHEMA } from '../src/read/logs/own-format-schema.ts';
import { catalogue } from './gen/catalogue.ts';
import { cliPage } from './gen/cli-page.ts';
import { conformancePage } from './gen/conformance.ts';
import { errorsPage } from './gen/errors-page.ts';
import type { Generated } from './gen/indexes.ts';
import { logFormatsPage } from './gen/log-formats.ts';

const files: readonly Generated[] = [
  { path: 'docs/catalogue.md', text: catalogue() },
  { path: 'docs/cli.md', text: cliPage() },
  { path: 'docs/conformance.md', text: conformancePage() },
  { path: 'docs/errors.md', text: errorsPage() },
  { path: 'docs/report.schema.json', text: `${JSON.stringify(REPORT_SCHEMA, null, 2)}\n` },
  { path: 'docs/log-formats.md', text: logFormatsPage() },
  { path: 'docs/log-format.schema.json', text: `${JSON.stringify(OWN_FORMAT_SCHEMA, null, 2)}\n` },
];
process.stdout.write(JSON.stringify(files));
