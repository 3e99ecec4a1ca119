/** The licences of what comes along inside dist: the packages that are bundled, and the grammar whose WebAssembly lies in assets. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly repository?: string | { readonly url?: string };
}

/** `inside`: folders of packages. Throws when one names no licence: then it must not be handed on. */
export function licenseTexts(inside: ReadonlySet<string>): string {
  const folders = [...inside, join('node_modules', 'tree-sitter-go')].sort();
  return `${folders.map(licenseOf).join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

function licenseOf(folder: string): string {
  const { name, version, license, repository } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  if (license === undefined) throw new Error(`${name} names no licence`);
  const from = typeof repository === 'string' ? repository : (repository?.url ?? '');
  const files = readdirSync(folder).filter((f) => /^(?:licen[cs]e|notice|copying)/i.test(f) && existsSync(join(folder, f)));
  const texts = files.map((f) => readFileSync(join(folder, f), 'utf8').trim());
  return [`${name} ${version}: ${license}${from === '' ? '' : `\n${from}`}`, ...texts].join('\n\n');
}
