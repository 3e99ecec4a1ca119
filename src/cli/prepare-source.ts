/** Go source is parsed by WebAssembly, which is loaded only where there is source. */
import { type Artifact, readSlice, SNIFF_BYTES } from '../model/index.ts';
import { goGrammarBytes } from '../platform/go-grammar.ts';
import { goSource, prepareGoSource } from '../read/go-source/index.ts';

export async function prepareSource(artifacts: readonly Artifact[]): Promise<void> {
  if (!artifacts.some((a) => goSource.sniff(readSlice(a.source, 0, SNIFF_BYTES), a.source.sizeBytes).confidence > 0)) return;
  const grammar = goGrammarBytes();
  if (grammar !== null) await prepareGoSource(grammar);
}
