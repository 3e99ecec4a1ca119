/**
 * Holds the parser: the tree-sitter runtime and its Go grammar, both WebAssembly, handed in as bytes by whoever knows where they lie.
 * Loading is asynchronous and happens once; parsing afterwards is synchronous, as all reading is.
 */
import { Language, Parser } from 'web-tree-sitter';
import { type SyntaxNode, toSyntax } from './syntax.ts';

/** Bytes of web-tree-sitter.wasm (the runtime) and of tree-sitter-go.wasm (the grammar, ABI 15). */
export interface GoGrammarBytes {
  readonly core: Uint8Array;
  readonly go: Uint8Array;
}

let parser: Parser | null = null;
let loading: Promise<void> | null = null;

/** Makes `goSource` able to read. Safe to call again: the first call wins; after a failure the next call tries anew. */
export function prepareGoSource(wasm: GoGrammarBytes): Promise<void> {
  loading ??= load(wasm).catch((cause: unknown) => {
    loading = null;
    throw new Error('the Go grammar could not be loaded', { cause });
  });
  return loading;
}

export const goSourceIsPrepared = (): boolean => parser !== null;

async function load(wasm: GoGrammarBytes): Promise<void> {
  // a copy: the runtime keeps the buffer, and the caller's may be a view of something larger
  await Parser.init({ wasmBinary: wasm.core.slice().buffer });
  const go = await Language.load(wasm.go.slice());
  const made = new Parser();
  made.setLanguage(go);
  parser = made;
}

/** The runtime calls back every so many steps: more than this on a file of the permitted size is a parser gone astray. */
const MOST_PROGRESS_CALLS = 200_000;

/** null: not prepared, or given up. The tree is copied into plain objects and released: WebAssembly memory is not collected. */
export function parseGo(text: string, toByte: (index: number) => number): SyntaxNode | null {
  if (parser === null) return null;
  let calls = 0;
  parser.reset();
  const tree = parser.parse(text, null, { progressCallback: () => ++calls > MOST_PROGRESS_CALLS });
  if (tree === null) return null;
  try {
    return toSyntax(tree, text, toByte);
  } finally {
    tree.delete();
  }
}
