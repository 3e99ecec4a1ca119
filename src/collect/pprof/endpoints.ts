/**
 * What a debug server offers: the index page of net/http/pprof where there is one (Go 1.11 to 1.27), else what answers under its names.
 * A page that is no such index (a login, an application that answers everything) is none.
 */
import type { Endpoint } from '../lib/http.ts';
import { type Exchange, exchange, saidIn } from './exchange.ts';

export interface Endpoints {
  /** Address of the folder, with its last '/'. */
  readonly folder: URL;
  /** Names of profiles with their counts where the index says them. */
  readonly profiles: ReadonlyMap<string, number | null>;
  /** profile, trace, cmdline: served by handlers of their own. */
  readonly handlers: ReadonlySet<string>;
  readonly cmdline: readonly string[];
  readonly exchanges: readonly Exchange[];
}

export type Discovery =
  | { readonly kind: 'found'; readonly endpoints: Endpoints }
  | { readonly kind: 'denied' | 'unreachable' | 'nothing' | 'interrupted' | 'redirected' | 'timeout'; readonly why: string; readonly exchanges: readonly Exchange[] };

const STANDARD = 'debug/pprof/';
/** Registered by the runtime itself; others appear in the index alone. */
const KNOWN = ['heap', 'goroutine', 'allocs', 'mutex', 'block', 'threadcreate'] as const;
const ANSWER_CAP = 1024 * 1024;
const MOST_PROFILES = 100;

/** Written by html/template up to Go 1.14, which spells "=" as "&#61;" where nothing quotes the address. */
const ROW = /<td>(\d{1,12})(?:<\/td>)?\s{0,20}<td><a href=["']?([\w./-]{1,80})\?debug(?:=|&#61;)\d["']?>/g;

/** null: the page is no index of net/http/pprof. */
export function profilesIn(page: string): Map<string, number> | null {
  if (!/\/debug\/pprof\/|full goroutine stack dump|Types of profiles available/.test(page)) return null;
  const found = new Map<string, number>();
  for (const m of page.matchAll(ROW)) {
    const name = m[2]!.slice(m[2]!.lastIndexOf('/') + 1);
    if (/^[\w.-]+$/.test(name) && found.size < MOST_PROFILES) found.set(name, Number(m[1]));
  }
  return found.size === 0 ? null : found;
}

/** `http://host:6060`, `http://host:6060/ops` (a prefix before the standard path) and `http://host:6060/custom/pprof/` are all understood. */
function folders(base: URL): URL[] {
  const path = base.pathname.replace(/\/{1,100}$/, '');
  const at = (p: string): URL => {
    const url = new URL(base);
    url.pathname = `${path}/${p}`;
    return url;
  };
  if (path === '') return [at(STANDARD)];
  return /\/pprof$/.test(path) ? [at(''), at(STANDARD)] : [at(STANDARD), at('')];
}

export interface Asking {
  readonly signal?: AbortSignal;
  readonly timeoutMs: number;
}

export async function discover(endpoint: Endpoint, asking: Asking): Promise<Discovery> {
  const exchanges: Exchange[] = [];
  const get = async (url: URL): Promise<Exchange> => {
    const e = await exchange(endpoint, url, { ...asking, mostBytes: ANSWER_CAP });
    exchanges.push(e);
    return e;
  };
  let first: Exchange | null = null;
  for (const folder of folders(endpoint.base)) {
    const index = await get(folder);
    first ??= index;
    const stop = hopeless(index);
    if (stop !== null) return { ...stop, exchanges };
    const profiles = index.status === 200 ? profilesIn(new TextDecoder().decode(index.head)) : null;
    const commandLine = await get(new URL('cmdline', folder));
    const cmdline = commandLineIn(commandLine);
    // the index says nothing of what has a handler of its own; where one of the three was registered all mostly were
    if (profiles !== null) return { kind: 'found', endpoints: { folder, profiles, handlers: new Set(['profile', 'trace']), cmdline, exchanges } };
    const symbol = await get(new URL('symbol', folder));
    if (cmdline.length > 0 || (symbol.status === 200 && /^num_symbols: \d/.test(new TextDecoder().decode(symbol.head.subarray(0, 40))))) {
      return { kind: 'found', endpoints: { folder, profiles: new Map(KNOWN.map((k) => [k, null])), handlers: new Set(['profile', 'trace']), cmdline, exchanges } };
    }
  }
  const said = first === null ? '' : first.status === 200 ? 'a page answers there that is no index of net/http/pprof' : `HTTP ${first.status} ${saidIn(first)}`.trim();
  return { kind: 'nothing', why: said, exchanges };
}

function hopeless(e: Exchange): { kind: 'denied' | 'unreachable' | 'interrupted' | 'redirected' | 'timeout'; why: string } | null {
  if (e.ended === 'interrupted') return { kind: 'interrupted', why: e.fault };
  if (e.ended === 'redirected') return { kind: 'redirected', why: e.fault };
  if (e.ended === 'timeout') return { kind: 'timeout', why: e.fault };
  if (e.ended === 'unreachable' || e.status === 0) return { kind: 'unreachable', why: e.fault };
  if (e.status === 401 || e.status === 403 || e.status === 407) return { kind: 'denied', why: `HTTP ${e.status} ${saidIn(e)}`.trim() };
  return null;
}

/** Arguments are separated by NUL; a page of an application that answers everything is no command line. */
function commandLineIn(e: Exchange): string[] {
  if (e.status !== 200 || e.ended !== 'whole' || /html|json/i.test(e.type)) return [];
  const text = new TextDecoder().decode(e.head);
  return text === '' || /[\n<{]/.test(text.slice(0, 1)) ? [] : text.split('\0');
}
