/** Opens profiles of any kind, in the order they are named, and picks the type and the samples that the flags ask for. */
import { collectFiles } from '../../collect/files/index.ts';
import type { Problem } from '../../model/index.ts';
import { profileOfGoroutineText, profileOfText } from '../../observe/lib/profiles/from-text.ts';
import { selectSamples } from '../../observe/lib/profiles/rows.ts';
import type { ProfileInput } from '../../observe/lib/profiles/views.ts';
import { goroutineProfileText } from '../../read/goroutine-profile-text/index.ts';
import { linearRegex } from '../../read/lib/linear-regex.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { ownDrops, type Profile, pprof, pruned, typeIndex } from '../../read/pprof/index.ts';
import { pprofText } from '../../read/pprof-text/index.ts';
import { oneLine } from '../../report/lib/safe-text.ts';
import type { FlagValues } from '../command.ts';
import type { Console } from '../console.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { UsageError } from '../usage-error.ts';

export interface LoadedProfile {
  readonly file: string;
  readonly profile: Profile;
}

export interface Loaded {
  readonly profiles: readonly LoadedProfile[];
  /** How the command ends where there is none. */
  readonly exit: ExitCode;
}

const say = (console: Console, p: Problem): void => console.err(`${oneLine(p.what)}: ${oneLine(p.why)}; ${oneLine(p.next)}\n`);

export async function loadProfiles(console: Console, inputs: readonly string[]): Promise<Loaded> {
  if (inputs.length === 0) throw new UsageError("which profile? gorca profile top cpu.pb.gz, or '-' for standard input");
  const profiles: LoadedProfile[] = [];
  let denied = false;
  for (const input of inputs) {
    const { artifacts, problems } = await collectFiles([input], { hash: false });
    for (const p of problems) {
      say(console, p);
      denied ||= p.code === 'files/denied';
    }
    const readings = openReadings(artifacts, [pprof, pprofText, goroutineProfileText]);
    const found = [
      ...readings.of(pprof).map((r) => ({ id: r.artifact.id, path: r.artifact.path, profile: r.model })),
      ...readings.of(pprofText).map((r) => ({ id: r.artifact.id, path: r.artifact.path, profile: profileOfText(r.model) })),
      ...readings.of(goroutineProfileText).map((r) => ({ id: r.artifact.id, path: r.artifact.path, profile: profileOfGoroutineText(r.model) })),
    ].sort((a, b) => (a.id < b.id ? -1 : 1));
    for (const p of readings.problems()) say(console, p);
    for (const f of found) profiles.push({ file: found.length === 1 && artifacts.length === 1 ? input : f.path, profile: await without(console, f.profile) });
    if (found.length === 0 && artifacts.length > 0 && readings.problems().length === 0) {
      const tried = artifacts[0] === undefined ? [] : readings.tried(artifacts[0]);
      console.err(`${oneLine(input)} is no profile: ${oneLine(tried.map((t) => `${t.reader}: ${t.why}`).join('; '))}\n`);
    }
  }
  return { profiles, exit: denied && profiles.length === 0 ? EXIT.denied : EXIT.nothingReadable };
}

/** Without the frames that the profile itself says are of no interest. */
async function without(console: Console, p: Profile): Promise<Profile> {
  try {
    const drops = await ownDrops(p);
    return drops === null ? p : pruned(p, drops);
  } catch (error) {
    console.err(`drop_frames of the profile is no regular expression: ${oneLine(error instanceof Error ? error.message : String(error))}; every frame is shown\n`);
    return p;
  }
}

/** The type by --sample-type, else what the profile says is shown first. */
export function typeOf(p: Profile, flags: FlagValues): number {
  const asked = flags['sample-type'];
  if (typeof asked !== 'string') return p.defaultType;
  const at = typeIndex(p, asked);
  if (at < 0) throw new UsageError(`--sample-type ${asked}: the profile has ${p.sampleTypes.map((t) => t.type).join(', ')}`);
  return at;
}

type Test = (text: string) => boolean;

async function expression(flag: string, text: unknown): Promise<Test | undefined> {
  if (typeof text !== 'string') return undefined;
  try {
    return await linearRegex(text);
  } catch (error) {
    throw new UsageError(`--${flag} ${text}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What --focus, --ignore and --label select, as a function of each profile. */
export async function selection(flags: FlagValues): Promise<(p: Profile) => Uint8Array | null> {
  const focus = await expression('focus', flags['focus']);
  const ignore = await expression('ignore', flags['ignore']);
  const given = flags['label'];
  const at = typeof given === 'string' ? given.indexOf('=') : -1;
  if (typeof given === 'string' && at <= 0) throw new UsageError(`--label ${given}: key=expression is expected`);
  const is = typeof given === 'string' ? await expression('label', given.slice(at + 1)) : undefined;
  return (p) =>
    selectSamples(p, {
      ...(focus === undefined ? {} : { focus }),
      ...(ignore === undefined ? {} : { ignore }),
      ...(is === undefined || typeof given !== 'string' ? {} : { label: { key: given.slice(0, at), is } }),
    });
}

export async function inputsOf(console: Console, flags: FlagValues, args: readonly string[]): Promise<{ readonly inputs: readonly ProfileInput[]; readonly exit: ExitCode }> {
  const select = await selection(flags);
  const { profiles, exit } = await loadProfiles(console, args);
  return { inputs: profiles.map((l) => ({ ...l, type: typeOf(l.profile, flags), keep: select(l.profile) })), exit };
}

const GRANULARITY = /^(?:function|file|package|line|label:.+)$/;

export function granularity(flags: FlagValues): string {
  const by = flags['by'] ?? 'function';
  if (typeof by !== 'string' || !GRANULARITY.test(by)) throw new UsageError(`--by ${String(by)}: one of function, file, package, line, label:KEY is expected`);
  return by;
}

/** How many rows: a page has `usual` of them, a document all. */
export const rowsOf = (flags: FlagValues, usual: number): number => (typeof flags['rows'] === 'number' ? flags['rows'] : flags['json'] === true ? Number.MAX_SAFE_INTEGER : usual);
