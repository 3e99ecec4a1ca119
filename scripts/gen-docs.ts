/**
 * Documents made from the records themselves: docs/catalogue.md, docs/cli.md, docs/errors.md, docs/report.schema.json. Run by `npm run gen` after the lists
 * are written, because it imports what they list. Prints them as JSON: gen alone writes files.
 */

import { REPORT_SCHEMA } from '../src/model/report-schema.ts';
import { catalogue } from './gen/catalogue.ts';
import { cliPage } from './gen/cli-page.ts';
import { errorsPage } from './gen/errors-page.ts';
import type { Generated } from './gen/indexes.ts';

const files: readonly Generated[] = [
  { path: 'docs/catalogue.md', text: catalogue() },
  { path: 'docs/cli.md', text: cliPage() },
  { path: 'docs/errors.md', text: errorsPage() },
  { path: 'docs/report.schema.json', text: `${JSON.stringify(REPORT_SCHEMA, null, 2)}\n` },
];
process.stdout.write(JSON.stringify(files));
