/**
 * Reads profiles in pprof's protocol buffer format: CPU, heap, allocs, block, mutex, goroutine, threadcreate and their deltas.
 * Written by: runtime/pprof proto.go (Go 1.9 to 1.27; string table last), github.com/google/pprof profile/encode.go, other runtimes' profilers.
 * Sketch:   0a 04 08 01 10 02 …   sample_type · 12 1b 0a 0f 01 02 … sample (location ids, values, labels) · 22 … location · 32 03 'cpu' string
 * Units:    values as their sample type says (bytes, nanoseconds, count); signed: a `?seconds=N` profile is a difference and holds negatives.
 *           Doubles, with all values again as int64 where one passes 2^53. timeNanos since the epoch.
 * Problems: pprof/empty, /still-gzipped, /truncated, /corrupt, /concatenated, /no-sample-types. Never throws on input.
 * Not read: column numbers; is_folded. drop_frames and keep_frames are read; `pruned` applies them as pprof does. Legacy text has its own reader.
 */
import { type Artifact, type Problem, placeAt, type Reader, type ReadResult, readSlice, type Sniff, WHOLE_FILE_CAP } from '../../model/index.ts';
import { decodeProfile } from './decode.ts';
import { sniffProfile } from './sniff.ts';
import type { Profile } from './types.ts';
import { WireFault } from './wire.ts';

export { type Drops, ownDrops, pruned } from './prune.ts';
export type { Profile, ProfileFrame, ProfileLabel, ValueType } from './types.ts';
export { addressOf, framesOf, labelsOf, sampleSpan, typeIndex } from './types.ts';
export { type Rows, rowsBy, type Weights, weigh, weighValues } from './weigh.ts';

export const pprof: Reader<Profile> = {
  id: 'pprof',
  title: 'profile (pprof protocol buffer)',
  takes: 'whole',
  sniff: (head: Uint8Array, sizeBytes: number): Sniff => sniffProfile(head, sizeBytes),
  read: readProfile,
};

const AGAIN = 'take the profile again: curl -s http://HOST:PORT/debug/pprof/heap > heap.pb.gz';

function readProfile(artifact: Artifact): ReadResult<Profile> {
  const size = artifact.source.sizeBytes;
  const problem = (code: string, severity: Problem['severity'], offset: number, what: string, why: string, next: string): Problem => ({
    code: `pprof/${code}`,
    severity,
    place: placeAt(artifact.id, { offset: Math.min(offset, size), length: Math.max(0, Math.min(16, size - offset)) }),
    what,
    why,
    next,
  });
  if (size === 0)
    return { model: null, problems: [problem('empty', 'error', 0, 'the profile has no bytes', 'the capture wrote nothing: the endpoint failed or was cut off', AGAIN)] };
  if (size > WHOLE_FILE_CAP)
    return {
      model: null,
      problems: [problem('too-large', 'error', 0, `the profile takes ${size} bytes`, `profiles above ${WHOLE_FILE_CAP} bytes are not read`, 'take a shorter profile')],
    };
  const bytes = readSlice(artifact.source, 0, size);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    return {
      model: null,
      problems: [
        problem(
          'still-gzipped',
          'error',
          0,
          'the profile is still compressed with gzip',
          'gzip is opened when files are collected: this one is cut or damaged',
          'gunzip -t FILE to see the damage, then take it again',
        ),
      ],
    };
  try {
    const { profile, end } = decodeProfile(bytes);
    if (profile.sampleTypes.length === 0)
      return { model: null, problems: [problem('no-sample-types', 'error', 0, 'the profile has no sample types', 'nothing says what its values mean', AGAIN)] };
    const problems: Problem[] = [];
    if (end < size)
      problems.push(
        problem(
          'concatenated',
          'warning',
          end,
          `a second profile follows at byte ${end}`,
          'two serialised profiles were appended to one file; only the first is read, for merged they would share one string table and be nonsense',
          `split the file: head -c ${end} FILE > first.pb; tail -c +${end + 1} FILE > second.pb`,
        ),
      );
    return { model: profile, problems };
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    return {
      model: null,
      problems: [
        error.truncated
          ? problem(
              'truncated',
              'error',
              error.offset,
              `the profile ends early: ${error.message} (byte ${error.offset})`,
              'Go writes the string table last, so a cut profile has lost its names',
              AGAIN,
            )
          : problem('corrupt', 'error', error.offset, `the profile is damaged: ${error.message} (byte ${error.offset})`, 'what follows cannot be trusted', AGAIN),
      ],
    };
  }
}
