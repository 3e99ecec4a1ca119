/** Opens what a file is packed in: gzip or zstd, then zip or tar, whose members may be packed once more. */
import { readSlice } from '../../model/bytes.ts';
import type { ByteSource, Problem } from '../../model/index.ts';
import type { MemoryBudget } from '../../platform/files.ts';
import { DECODE_LIMITS, type DecodeLimits, gunzip, isGzip } from '../../platform/gunzip.ts';
import { sha256Of } from '../../platform/hash.ts';
import { Spool } from '../../platform/spool.ts';
import { isTar, TAR_HEAD, tarEntries } from '../../platform/tar.ts';
import { isZstd, unzstd } from '../../platform/unzstd.ts';
import { isZip, isZipBomb, MOST_ZIP_ENTRIES, zipEntries } from '../../platform/zip.ts';
import { safeMember } from '../lib/names.ts';
import { fileProblem } from '../lib/problems.ts';

/** A file on its way to becoming an artifact. */
export interface Item {
  readonly path: string;
  /** Path inside the archive; inside an archive in an archive both, joined by '!'. */
  readonly member?: string;
  readonly decoders: readonly string[];
  readonly source: ByteSource;
  /** Of the bytes as they lay there: before gzip or zstd was opened. */
  readonly sha256: string;
  readonly cut?: string;
}

export interface Opening {
  readonly budget: MemoryBudget;
  readonly limits?: DecodeLimits;
  readonly mostEntries?: number;
  readonly hash?: boolean;
  readonly say: (p: Problem) => void;
  /** sha256 of every archive that was opened, by its full name. */
  readonly archives: Map<string, string>;
  readonly onBytes?: (n: number) => void;
}

const MOST_ARCHIVES = 2;
const MOST_PACKED = 2;
const ZIP_MOST_BYTES = 1024 ** 3;
const MOST_ENTRIES = 20_000;

export const fullName = (item: Pick<Item, 'path' | 'member'>): string => (item.member === undefined ? item.path : `${item.path}!${item.member}`);

export async function open(path: string, source: ByteSource, opening: Opening): Promise<Item[]> {
  const items: Item[] = [];
  await opened({ path, decoders: [], source, sha256: opening.hash === false ? '' : sha256Of(source, opening.onBytes) }, 0, opening, items);
  return items;
}

async function opened(item: Item, archives: number, opening: Opening, out: Item[]): Promise<void> {
  const head = readSlice(item.source, 0, TAR_HEAD);
  const name = fullName(item);
  const packed = isGzip(head) ? 'gzip' : isZstd(head) ? 'zstd' : null;
  if (packed !== null && packedOf(item) < MOST_PACKED) {
    const inner = await unpacked(item, packed, opening);
    if (inner !== null) await opened(inner, archives, opening, out);
  } else if (isZip(head) || isTar(head)) {
    if (archives >= MOST_ARCHIVES) opening.say(fileProblem('files/nested-too-deep', `${name} is an archive inside an archive inside an archive and was not opened`));
    else {
      opening.archives.set(name, item.sha256);
      if (isZip(head)) await unzipped(item, archives, opening, out);
      else await untarred(item, archives, opening, out);
    }
  } else {
    if (item.source.sizeBytes === 0) opening.say(fileProblem('files/empty-file', `${name} is empty`));
    out.push(item);
  }
}

/** How often a compressed stream was opened since the last archive. */
const packedOf = (item: Item): number => item.decoders.length - 1 - item.decoders.findLastIndex((d) => d !== 'gzip' && d !== 'zstd');

async function unpacked(item: Item, how: 'gzip' | 'zstd', opening: Opening): Promise<Item | null> {
  const name = fullName(item);
  const spool = new Spool(opening.budget);
  const state = await (how === 'gzip' ? gunzip : unzstd)(item.source, opening.limits ?? DECODE_LIMITS, (bytes) => spool.add(bytes));
  if (state === 'bomb') {
    opening.say(fileProblem('files/archive-bomb', `${name} unpacked to over ${spool.sizeBytes} bytes from ${item.source.sizeBytes} and was not read`));
    spool.drop();
    return null;
  }
  const decoders = [...item.decoders, how];
  if (state === 'complete') return { ...item, decoders, source: spool.finish() };
  const size = spool.sizeBytes;
  if (state === 'window') {
    opening.say(fileProblem('files/zstd-window', `${name} was unpacked to ${size} bytes, then it asks for a window above 128 MiB`));
    return { ...item, decoders, source: spool.finish(), cut: 'its zstd asks for too large a window' };
  }
  opening.say(fileProblem(`files/${how}-${state}`, `${name} could be unpacked to ${size} bytes, then it ${state === 'cut' ? 'ends' : 'is damaged'}`));
  return { ...item, decoders, source: spool.finish(), cut: state === 'cut' ? `its ${how} ends early` : `its ${how} is damaged` };
}

const memberOf = (archive: Item, member: string): string => (archive.member === undefined ? member : `${archive.member}!${member}`);

function refused(archive: Item, name: string, opening: Opening): void {
  opening.say(fileProblem('files/entry-leaves-folder', `the entry ${JSON.stringify(name)} of ${fullName(archive)} would leave its folder and was not read`));
}

async function unzipped(archive: Item, archives: number, opening: Opening, out: Item[]): Promise<void> {
  const name = fullName(archive);
  const limits = opening.limits ?? DECODE_LIMITS;
  if (archive.source.sizeBytes > ZIP_MOST_BYTES) {
    opening.say(fileProblem('files/archive-too-large', `${name} has ${archive.source.sizeBytes} bytes, a zip is opened up to ${ZIP_MOST_BYTES}`));
    return;
  }
  const damaged = (what: string, error: unknown): void =>
    opening.say(fileProblem('files/archive-damaged', `${what} is damaged: ${error instanceof Error ? error.message : String(error)}`));
  let entries: ReturnType<typeof zipEntries>;
  try {
    entries = zipEntries(readSlice(archive.source, 0, archive.source.sizeBytes));
  } catch (error) {
    damaged(name, error);
    return;
  }
  if (entries.length >= MOST_ZIP_ENTRIES) opening.say(fileProblem('files/too-many', `entries beyond the first ${MOST_ZIP_ENTRIES} of ${name} were not read`));
  let decoded = 0;
  for (const entry of entries) {
    if (entry.isFolder) continue;
    const path = safeMember(entry.name);
    if (path === null) {
      refused(archive, entry.name, opening);
      continue;
    }
    decoded += entry.sizeBytes;
    if (isZipBomb(entry, limits) || isZipBomb({ ...entry, sizeBytes: decoded, packedBytes: archive.source.sizeBytes }, limits)) {
      opening.say(fileProblem('files/archive-bomb', `${name} stops at ${path}: it claims ${decoded} bytes from ${archive.source.sizeBytes}`));
      return;
    }
    let bytes: Uint8Array;
    try {
      bytes = entry.bytes();
    } catch (error) {
      damaged(`the entry ${path} of ${name}`, error);
      continue;
    }
    const spool = new Spool(opening.budget);
    spool.add(bytes);
    await member(archive, 'zip', path, spool.finish(), archives, opening, out);
  }
}

async function untarred(archive: Item, archives: number, opening: Opening, out: Item[]): Promise<void> {
  const name = fullName(archive);
  let left = opening.mostEntries ?? MOST_ENTRIES;
  try {
    for await (const entry of tarEntries(archive.source)) {
      const path = safeMember(entry.name);
      if (entry.type !== 'file' || path === null || left <= 0) {
        await entry.body(null);
        // "./" is how tar names the folder itself
        if (entry.type === 'folder') continue;
        if (path === null) refused(archive, entry.name, opening);
        else if (entry.type !== 'file')
          opening.say(fileProblem('files/entry-not-a-file', `the entry ${path} of ${name} is a ${entry.type === 'link' ? 'link' : 'device or the like'}`));
        else if (left-- === 0) opening.say(fileProblem('files/too-many', `files beyond the first ${opening.mostEntries ?? MOST_ENTRIES} of ${name} were not read`));
        continue;
      }
      left--;
      const spool = new Spool(opening.budget);
      await entry.body((bytes) => spool.add(bytes));
      await member(archive, 'tar', path, spool.finish(), archives, opening, out);
    }
  } catch (error) {
    opening.say(fileProblem('files/archive-damaged', `${name} is damaged: ${error instanceof Error ? error.message : String(error)}`));
  }
}

async function member(archive: Item, decoder: string, path: string, source: ByteSource, archives: number, opening: Opening, out: Item[]): Promise<void> {
  const item: Item = {
    path: archive.path,
    member: memberOf(archive, path),
    decoders: [...archive.decoders, decoder],
    source,
    sha256: opening.hash === false ? '' : sha256Of(source),
    ...(archive.cut === undefined ? {} : { cut: archive.cut }),
  };
  await opened(item, archives + 1, opening, out);
}
