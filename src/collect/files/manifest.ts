/** Applies what a bundle's manifest says to the files beside and below it. */
import { BUNDLE_FILE, BUNDLE_VERSION, type ReadManifest, readManifest, type StatedArtifact } from '../../model/bundle.ts';
import { decodeText, type Problem, type ReportGap, readSlice } from '../../model/index.ts';
import { compareNames } from '../lib/names.ts';
import { fileProblem } from '../lib/problems.ts';
import { fullName, type Item } from './open.ts';

export interface Described {
  readonly item: Item;
  readonly stated: StatedArtifact | null;
  /** The bytes are not those the manifest speaks of. */
  readonly changed: boolean;
}

interface Bundle {
  /** Full names in it start so; empty for the folder given. */
  readonly prefix: string;
  readonly name: string;
  readonly manifest: ReadManifest;
}

const MANIFEST_CAP = 16 * 1024 * 1024;
const isManifest = (name: string): boolean => name === BUNDLE_FILE || name.endsWith(`/${BUNDLE_FILE}`) || name.endsWith(`!${BUNDLE_FILE}`);

/** `archives`: sha256 of opened archives by full name. Items keep their order; those no manifest lists are left out where there is one. */
export function applyManifests(items: readonly Item[], archives: ReadonlyMap<string, string>, say: (p: Problem) => void): { described: Described[]; gaps: ReportGap[] } {
  const bundles: Bundle[] = [];
  const unusable = new Set<Item>();
  for (const item of items) {
    const name = fullName(item);
    if (!isManifest(name)) continue;
    const manifest = parse(item);
    if (manifest === null) {
      unusable.add(item);
      say(fileProblem('files/manifest-unreadable', `${name} is no ${BUNDLE_VERSION} manifest`));
      continue;
    }
    for (const fault of manifest.faults) say(fileProblem('files/manifest-fault', `${name}: ${fault}`));
    bundles.push({ prefix: name.slice(0, name.length - BUNDLE_FILE.length), name, manifest });
  }
  // the nearest manifest speaks
  bundles.sort((a, b) => b.prefix.length - a.prefix.length || compareNames(a.name, b.name));

  const described: Described[] = [];
  const unlisted = new Map<Bundle, string[]>();
  const found = new Set<StatedArtifact>();
  for (const item of items) {
    const name = fullName(item);
    if (isManifest(name)) continue;
    const bundle = bundles.find((b) => name.startsWith(b.prefix));
    if (bundle === undefined) {
      described.push({ item, stated: null, changed: false });
      continue;
    }
    const inside = name.slice(bundle.prefix.length);
    const stated = bundle.manifest.artifacts.find((a) => inside === a.path || inside.startsWith(`${a.path}!`));
    if (stated === undefined) {
      unlisted.set(bundle, [...(unlisted.get(bundle) ?? []), inside]);
      continue;
    }
    const sha256 = inside === stated.path ? item.sha256 : archives.get(bundle.prefix + stated.path);
    const changed = stated.sha256 !== null && sha256 !== '' && stated.sha256 !== sha256;
    if (changed && !found.has(stated)) say(fileProblem('files/changed', `${bundle.prefix}${stated.path} has not the sha256 its manifest gives`));
    found.add(stated);
    described.push({ item, stated, changed });
  }
  for (const bundle of bundles) {
    const names = unlisted.get(bundle) ?? [];
    if (names.length > 0) say(fileProblem('files/not-in-manifest', `${listed(names)} ${names.length === 1 ? 'is' : 'are'} not in the manifest ${bundle.name}`));
    for (const a of bundle.manifest.artifacts) {
      // an archive without readable members was found all the same
      if (!found.has(a) && !archives.has(bundle.prefix + a.path)) say(fileProblem('files/missing', `${bundle.prefix}${a.path} is in the manifest and not in the bundle`));
    }
  }
  return { described, gaps: bundles.reverse().flatMap((b) => b.manifest.gaps) };
}

function parse(item: Item): ReadManifest | null {
  if (item.source.sizeBytes > MANIFEST_CAP) return null;
  try {
    return readManifest(JSON.parse(decodeText(readSlice(item.source, 0, item.source.sizeBytes))));
  } catch {
    return null;
  }
}

const MOST_NAMED = 5;
const listed = (names: readonly string[]): string => {
  const shown = names.slice(0, MOST_NAMED).join(', ');
  return names.length > MOST_NAMED ? `${shown} and ${names.length - MOST_NAMED} more` : shown;
};
