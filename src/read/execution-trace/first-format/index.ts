/** Traces of Go 1.11 to 1.21: one piece, read through once for what it is and twice for its order. */
import type { ByteSource } from '../../../model/index.ts';
import type { ExecutionTrace, GenerationInfo } from '../types.ts';
import { streamFirstFormat } from './stream.ts';
import { type SurveyFault, survey } from './survey.ts';

const HEADER_BYTES = 16;

export type FirstFormatResult = { readonly model: ExecutionTrace; readonly fault: null } | { readonly model: null; readonly fault: SurveyFault };

export function readFirstFormat(source: ByteSource, version: number): FirstFormatResult {
  const seen = survey(source, version, HEADER_BYTES);
  if ('what' in seen) return { model: null, fault: seen };
  const size = source.sizeBytes;
  const info: GenerationInfo = {
    place: 0,
    number: 1,
    afterLoss: false,
    offset: HEADER_BYTES,
    length: size - HEADER_BYTES,
    beginNs: 0,
    nsPerTick: 1e9 / seen.ticksPerSecond,
    batches: seen.batches,
    threads: 0,
    eventBytes: size - HEADER_BYTES,
    stringBytes: 0,
    stackBytes: 0,
    sampleBytes: 0,
    experiments: new Map(),
    clock: null,
  };
  const model: ExecutionTrace = {
    version,
    generations: [info],
    originNs: 0,
    originWallNs: null,
    keptBytes: size,
    lostBytes: 0,
    stream: (sink) => streamFirstFormat(source, version, seen, info, sink),
  };
  return { model, fault: null };
}
