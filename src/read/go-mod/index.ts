/**
 * Reads go.mod for the module path, the Go version, and what is required and replaced.
 * Written by: people and cmd/go; grammar in golang.org/x/mod/modfile (Go 1.11 to 1.27).
 * Sample:     module shop/orders · go 1.26 · require ( example.com/x v1.2.3 // indirect )
 * Units:      lines are 1-based, spans are bytes.
 * Problems:   go-mod/no-module, go-mod/too-large.
 * Not read:   exclude, retract, tool, godebug and ignore directives; versions are text, not compared.
 */
import { type Artifact, decodeLatin1, decodeText, type Reader, type ReadResult, readSlice, type Span } from '../../model/index.ts';
import { headText } from '../lib/head.ts';

export interface GoMod {
  readonly module: string;
  readonly moduleSpan: Span;
  readonly go: string | null;
  readonly require: readonly { readonly path: string; readonly version: string; readonly indirect: boolean; readonly line: number; readonly span: Span }[];
  readonly replace: readonly {
    readonly path: string;
    readonly version: string | null;
    readonly by: string;
    readonly byVersion: string | null;
    readonly line: number;
    readonly span: Span;
  }[];
}

/** The largest go.mod files of well-known programs have some tens of kilobytes. */
const SIZE_CAP = 4 * 1024 * 1024;

export const goMod: Reader<GoMod> = {
  id: 'go-mod',
  title: 'go.mod',
  takes: 'whole',
  sniff(head) {
    const all = headText(head);
    let offset = 0;
    while (offset <= all.length) {
      const end = all.indexOf('\n', offset);
      const line = all.slice(offset, end < 0 ? all.length : end);
      const text = line.trim();
      if (text !== '' && !text.startsWith('//')) {
        const words = wordsOf(text);
        if (words[0] === 'module' && words.length === 2 && words[1] !== '(') return { confidence: 0.95, reached: offset, why: 'the first directive is module' };
        return { confidence: 0, reached: offset, why: 'the first directive is not "module PATH"' };
      }
      offset += line.length + 1;
    }
    return { confidence: 0, reached: offset, why: 'no directive' };
  },
  read(artifact: Artifact): ReadResult<GoMod> {
    const bytes = readSlice(artifact.source, 0, SIZE_CAP);
    const problem = (code: string, what: string, why: string, next: string) => ({ code: `go-mod/${code}`, severity: 'error' as const, place: null, what, why, next });
    if (artifact.source.sizeBytes > SIZE_CAP)
      return { model: null, problems: [problem('too-large', `the file has ${artifact.source.sizeBytes} bytes`, 'a go.mod is far smaller', 'give the go.mod of the module')] };
    let module: { path: string; span: Span } | null = null;
    let go: string | null = null;
    const require: GoMod['require'][number][] = [];
    const replace: GoMod['replace'][number][] = [];
    let block: string | null = null;
    let offset = 0;
    let number = 0;
    for (const raw of decodeLatin1(bytes).split('\n')) {
      number++;
      const start = offset;
      offset += raw.length + 1;
      const text = raw.trim();
      const span = { offset: start + raw.indexOf(text), length: text.length };
      // paths are ASCII by rule; a line that is not is decoded again as UTF-8
      const words = wordsOf(isAscii(text) ? text : decodeText(bytes.subarray(span.offset, span.offset + span.length)));
      const [head] = words;
      if (head === undefined) continue;
      if (block === null && words[1] === '(' && words.length === 2) {
        block = head;
        continue;
      }
      if (head === ')') {
        block = null;
        continue;
      }
      const directive = block ?? head;
      const rest = block === null ? words.slice(1) : words;
      if (directive === 'module' && rest[0] !== undefined && module === null) module = { path: rest[0], span };
      else if (directive === 'go' && rest[0] !== undefined) go ??= rest[0];
      else if (directive === 'require' && rest[0] !== undefined && rest[1] !== undefined)
        require.push({ path: rest[0], version: rest[1], indirect: /\/\/\s*indirect/.test(text), line: number, span });
      else if (directive === 'replace') {
        const arrow = rest.indexOf('=>');
        const [path, version] = rest.slice(0, Math.max(0, arrow));
        const [by, byVersion] = rest.slice(arrow + 1);
        if (arrow > 0 && path !== undefined && by !== undefined) replace.push({ path, version: version ?? null, by, byVersion: byVersion ?? null, line: number, span });
      }
    }
    if (module === null) return { model: null, problems: [problem('no-module', 'no module directive was found', 'every go.mod names its module', 'give the whole go.mod')] };
    return { model: { module: module.path, moduleSpan: module.span, go, require, replace }, problems: [] };
  },
};

/** Words of a line without its comment; quotes around a word are dropped. */
function wordsOf(line: string): string[] {
  const comment = line.startsWith('//') ? 0 : line.indexOf(' //');
  const text = (comment < 0 ? line : line.slice(0, comment)).replaceAll('(', ' ( ').replaceAll(')', ' ) ');
  return text
    .split(/[ \t\r]+/)
    .filter((w) => w !== '')
    .map((w) => (w.length > 1 && (w[0] === '"' || w[0] === '`') && w[w.length - 1] === w[0] ? w.slice(1, -1) : w));
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}
