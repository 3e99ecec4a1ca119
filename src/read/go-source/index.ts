/**
 * Reads one Go source file by its syntax: no types, no imports followed, nothing executed.
 * Written by:  people; the grammar is that of the Go language specification (tree-sitter-go 0.25, ABI 15, Go 1.22 syntax).
 * Sample:      func (c *Client) Reserve(ctx context.Context) error { … go func() { done <- c.call() }() … }
 * Units:       lines are 1-based as in tracebacks, spans are bytes of the file.
 * Problems:    go-source/not-prepared, go-source/too-large, go-source/not-text, go-source/not-utf8, go-source/syntax, go-source/no-package, go-source/gave-up.
 * Not read:    types of expressions, build constraints, cgo preambles, what other packages declare. A file that does not parse
 *              wholly is read as far as it goes; functions touched by an error are marked broken.
 * Async part:  `prepareGoSource` loads the grammar once; until then `read` answers with a problem.
 */
import { type Artifact, decodeLatin1, type Problem, type Reader, type ReadResult, readSlice, type Sniff } from '../../model/index.ts';
import { headText } from '../lib/head.ts';
import type { GoFunction, Import, NamedType, PackageVar, StructType, Wrapper } from './ast.ts';
import { declarations } from './declarations.ts';
import { goSourceIsPrepared, parseGo } from './grammar.ts';
import { type Site, sitesOf } from './sites.ts';
import { firstBroken } from './syntax.ts';

export * from './ast.ts';
export { type GoGrammarBytes, prepareGoSource } from './grammar.ts';
export { isDone, isTimer, receivedFrom, type Site } from './sites.ts';
export { eachExpr, eachExprIn, eachStmt, exprsOf, listsOf, spell } from './walk.ts';

export interface GoFile {
  readonly package: string;
  readonly packageLine: number;
  readonly imports: readonly Import[];
  readonly functions: readonly GoFunction[];
  readonly wrappers: readonly Wrapper[];
  readonly structs: readonly StructType[];
  readonly types: readonly NamedType[];
  readonly vars: readonly PackageVar[];
  readonly sites: readonly Site[];
  /** `// Code generated … DO NOT EDIT.` before the package clause. */
  readonly generated: boolean;
  /** `//go:build ignore` or another constraint, as written; null when none. */
  readonly constraint: string | null;
  readonly lines: number;
}

/** Hand-written files are far smaller; larger ones are tables made by generators, and the tree of a file takes hundreds of times its size while it is read. */
const SIZE_CAP = 512 * 1024;

export const goSource: Reader<GoFile> = {
  id: 'go-source',
  title: 'Go source file',
  takes: 'whole',
  sniff(head, _sizeBytes): Sniff {
    return sniffGo(head);
  },
  read(artifact): ReadResult<GoFile> {
    return readGo(artifact);
  },
};

const IDENT = /^[A-Za-z_][A-Za-z0-9_]*/;
const NEXT_WORDS = new Set(['import', 'func', 'type', 'var', 'const']);

/** A package clause after nothing but blanks and comments, and then a declaration or the end. */
function sniffGo(head: Uint8Array): Sniff {
  const text = headText(head);
  let i = skipBlank(text, text.startsWith('\u00ef\u00bb\u00bf') ? 3 : 0);
  if (!text.startsWith('package', i)) return { confidence: 0, reached: i, why: 'no package clause after the leading comments' };
  i += 'package'.length;
  const blank = skipSpaces(text, i);
  const name = IDENT.exec(text.slice(blank, blank + 200));
  if (blank === i || name === null) return { confidence: 0, reached: i, why: '"package" is not followed by a name' };
  i = skipSpaces(text, blank + name[0].length);
  const after = text[i];
  // Java and Kotlin write "package a.b.c;": a dot or a name after the name is not Go
  if (after !== undefined && after !== '\n' && after !== '\r' && after !== ';' && !text.startsWith('//', i) && !text.startsWith('/*', i))
    return { confidence: 0, reached: i, why: 'the package clause does not end after one name' };
  const clause = i;
  i = skipBlank(text, after === ';' ? i + 1 : i);
  if (i >= text.length) return { confidence: 0.6, reached: i, why: 'a package clause and nothing else' };
  const word = IDENT.exec(text.slice(i, i + 200));
  if (word !== null && NEXT_WORDS.has(word[0])) return { confidence: after === ';' ? 0.8 : 0.97, reached: i, why: 'a package clause and a declaration' };
  return { confidence: 0.3, reached: clause, why: 'a package clause, but no Go declaration after it' };
}

function skipSpaces(text: string, from: number): number {
  let i = from;
  while (text[i] === ' ' || text[i] === '\t') i++;
  return i;
}

function skipBlank(text: string, from: number): number {
  let i = from;
  for (;;) {
    const c = text[i];
    if (c === ' ' || c === '\t' || c === '\n' || c === '\r') i++;
    else if (text.startsWith('//', i)) {
      const end = text.indexOf('\n', i);
      i = end < 0 ? text.length : end + 1;
    } else if (text.startsWith('/*', i)) {
      const end = text.indexOf('*/', i + 2);
      i = end < 0 ? text.length : end + 2;
    } else return i;
  }
}

function readGo(artifact: Artifact): ReadResult<GoFile> {
  const size = artifact.source.sizeBytes;
  const problem = (code: string, severity: Problem['severity'], what: string, why: string, next: string, span: { offset: number; length: number } | null): Problem => ({
    code: `go-source/${code}`,
    severity,
    place: span === null ? null : { artifact: artifact.id, offset: span.offset, length: span.length },
    what,
    why,
    next,
  });
  const none = (p: Problem): ReadResult<GoFile> => ({ model: null, problems: [p] });
  if (!goSourceIsPrepared())
    return none(
      problem(
        'not-prepared',
        'error',
        'the Go grammar is not loaded',
        'source is parsed by a WebAssembly grammar that was not found or not loaded',
        'reinstall gorca; the file tree-sitter-go.wasm belongs to it',
        null,
      ),
    );
  if (size > SIZE_CAP)
    return none(
      problem(
        'too-large',
        'error',
        `the source file has ${size} bytes, more than ${SIZE_CAP}`,
        'files of that size are tables made by a generator',
        'leave generated tables out, or give only the file the frames name',
        null,
      ),
    );
  const bytes = readSlice(artifact.source, 0, size);
  // the compiler refuses a NUL wherever it stands, and the parser's search for a way through binary data is what takes it longest
  const nul = bytes.indexOf(0);
  if (nul >= 0)
    return none(
      problem(
        'not-text',
        'error',
        `a NUL byte stands at offset ${nul}`,
        'Go source cannot hold one: the compiler refuses such a file',
        'give the file as it was built; this one is binary, or was cut or converted',
        { offset: nul, length: 1 },
      ),
    );
  const problems: Problem[] = [];
  const decoded = decode(bytes);
  if (!decoded.valid)
    problems.push(
      problem(
        'not-utf8',
        'warning',
        'the source file is not valid UTF-8',
        'Go source must be UTF-8; the compiler would refuse this file',
        'give the file as it was built, not a converted copy',
        { offset: 0, length: Math.min(size, 80) },
      ),
    );
  const root = parseGo(decoded.text, decoded.toByte);
  if (root === null)
    return none(
      problem(
        'gave-up',
        'error',
        'the file could not be parsed within its bound',
        'the parser lost its way in text that is hardly Go',
        'check that the file is Go source and whole',
        null,
      ),
    );
  const broken = firstBroken(root);
  if (broken !== null)
    problems.push(
      problem(
        'syntax',
        'warning',
        `a syntax error at line ${broken.line}`,
        'functions touched by it are not judged; the rest of the file is',
        'give the file as it was built; newer syntax than this grammar knows looks the same',
        { offset: Math.min(broken.offset, size), length: Math.min(broken.length, 200, size - Math.min(broken.offset, size)) },
      ),
    );
  const d = declarations(root, decoded.text);
  if (d.packageName === null || d.packageAt === null)
    return { model: null, problems: [...problems, problem('no-package', 'error', 'no package clause was found', 'every Go file begins with one', 'give the whole file', null)] };
  const preamble = decoded.text.slice(0, d.packageAt.start);
  return {
    model: {
      package: d.packageName,
      packageLine: d.packageAt.line,
      imports: d.imports,
      functions: d.functions,
      wrappers: d.wrappers,
      structs: d.structs,
      types: d.types,
      vars: d.vars,
      sites: sitesOf(d.functions),
      generated: /^\/\/ Code generated .* DO NOT EDIT\.$/m.test(preamble),
      constraint: /^\/\/go:build (.*)$/m.exec(preamble)?.[1]?.trim() ?? null,
      lines: root.endLine,
    },
    problems,
  };
}

interface Decoded {
  readonly text: string;
  readonly valid: boolean;
  toByte(index: number): number;
}

/** Text whose indices lead back to bytes: ASCII needs no table; invalid UTF-8 is read one character a byte. */
function decode(bytes: Uint8Array): Decoded {
  let ascii = true;
  for (let i = 0; i < bytes.length; i++)
    if ((bytes[i] as number) >= 0x80) {
      ascii = false;
      break;
    }
  const latin = (valid: boolean): Decoded => ({ text: decodeLatin1(bytes), valid, toByte: (index) => Math.min(index, bytes.length) });
  // windows-1252, which "latin1" means to a decoder, differs from one-character-a-byte only in which character: lengths agree
  if (ascii) return latin(true);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return latin(false);
  }
  const offsets = new Uint32Array(text.length + 1);
  let byte = 0;
  for (let i = 0; i < text.length; i++) {
    offsets[i] = byte;
    const unit = text.charCodeAt(i);
    if (unit < 0x80) byte += 1;
    else if (unit < 0x800) byte += 2;
    else if (unit >= 0xd800 && unit < 0xdc00) {
      // a surrogate pair is four bytes: both halves begin where the pair begins
      offsets[i + 1] = byte;
      i++;
      byte += 4;
    } else byte += 3;
  }
  offsets[text.length] = byte;
  return { text, valid: true, toByte: (index) => offsets[Math.min(index, text.length)] as number };
}
