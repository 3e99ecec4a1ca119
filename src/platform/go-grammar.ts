/** Where the Go grammar's WebAssembly lies: beside the built program (dist/assets), else in node_modules (a checkout). */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** The files the build copies into dist/assets, by the name under which an installed package offers them. */
export const GO_GRAMMAR_FILES = {
  core: { asset: 'web-tree-sitter.wasm', module: 'web-tree-sitter/web-tree-sitter.wasm' },
  go: { asset: 'tree-sitter-go.wasm', module: 'tree-sitter-go/tree-sitter-go.wasm' },
} as const;

/** null when a file is at neither place: source is then not read, and the reader says so. */
export function goGrammarBytes(): { readonly core: Uint8Array; readonly go: Uint8Array } | null {
  const core = find(GO_GRAMMAR_FILES.core);
  const go = find(GO_GRAMMAR_FILES.go);
  return core === null || go === null ? null : { core: new Uint8Array(readFileSync(core)), go: new Uint8Array(readFileSync(go)) };
}

function find(file: { readonly asset: string; readonly module: string }): string | null {
  // the bundled dist/cli/ has assets/ as its sibling; a single bundled file in dist/ has it below
  for (const relative of ['../assets/', './assets/']) {
    const asset = fileURLToPath(new URL(`${relative}${file.asset}`, import.meta.url));
    if (existsSync(asset)) return asset;
  }
  try {
    return createRequire(import.meta.url).resolve(file.module);
  } catch {
    return null;
  }
}
