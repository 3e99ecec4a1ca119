/** `npm run new <reader|observer|mechanism|condition|log-format> <name>`: one folder to fill in, and the lists rewritten. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';
import { condition, logFormat, mechanism, type NewFile, observer, reader } from './new/templates.ts';

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*\/[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const KINDS: Readonly<Record<string, { readonly form: RegExp; readonly example: string; readonly make: (name: string) => NewFile[] }>> = {
  reader: { form: NAME, example: 'goroutine-dump', make: reader },
  observer: { form: NAME, example: 'goroutines', make: observer },
  'log-format': { form: NAME, example: 'zap-json', make: logFormat },
  mechanism: { form: ID, example: 'go/abandoned-sender', make: mechanism },
  condition: {
    form: ID,
    example: 'container/oom-killed',
    make: (id) => {
      const file = `src/model/conditions/${id.split('/')[0]}.ts`;
      return condition(id, existsSync(file) ? readFileSync(file, 'utf8') : null);
    },
  },
};

function refuse(what: string): never {
  console.error(what);
  process.exit(2);
}

const [kindName = '', name = ''] = process.argv.slice(2);
const kind = KINDS[kindName];
if (kind === undefined) refuse(`usage: npm run new <${Object.keys(KINDS).join('|')}> <name>`);
if (!kind.form.test(name)) refuse(`"${name}" is no name for a ${kindName}: lower case and hyphens, for example ${kind.example}`);
const files = kind.make(name);
const taken = kindName === 'condition' ? files.filter((f) => f.text.split(`id: '${name}'`).length > 2) : files.filter((f) => existsSync(f.path));
if (taken.length > 0) refuse(`${name} exists: ${taken.map((f) => f.path).join(', ')}`);
for (const file of files) {
  mkdirSync(dirname(file.path), { recursive: true });
  writeFileSync(file.path, file.text);
  console.log(file.path);
}
process.exitCode = spawnSync(process.execPath, ['scripts/run.mjs', 'gen'], { stdio: 'inherit' }).status ?? 1;
