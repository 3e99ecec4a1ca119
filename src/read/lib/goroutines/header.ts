/**
 * The line that opens a goroutine in a traceback.
 * Written by: runtime/traceback.go goroutineheader, Go 1.11 to 1.27.
 *   goroutine 18 [chan receive, 5 minutes]:
 *   goroutine 7 gp=0xc000104fc0 m=4 mp=0xc000100008 [sync.Mutex.Lock, 2 minutes, locked to thread]:
 *   goroutine 21 [chan send (leaked)] {route: "/reserve [v2]", tenant: blue}:
 * The state ends at its own bracket (reasons hold parentheses, never brackets); labels may hold anything and are read quote by quote.
 * Suffixes come in no promised order, and new ones come with new Go versions: what is not known here is kept as a flag.
 */
export interface GoroutineHeader {
  readonly id: number;
  /** Wait reason or status word: "chan send", "running", "select (no cases)". */
  readonly state: string;
  /** Whole minutes since the first GC after parking: a lower bound. -1: none printed (under a minute, or no GC since). */
  readonly minutes: number;
  /** scan, leaked, durable, locked to thread, synctest bubble, and whatever else a later Go prints. */
  readonly flags: readonly string[];
  /** Text between the braces; '' without labels. */
  readonly labels: string;
}

const HEADER = /^goroutine (\d{1,19})(?: gp=\S{1,20})?(?: m=\S{1,12})?(?: mp=\S{1,20})? \[([^\]]{0,200})\](.{0,4096})$/;
const SUFFIX_FLAG = / \((scan|leaked|durable|synctest)\)$/;
const MINUTES = /^(\d{1,9}) minutes$/;

/** `text` without indentation and line end; null when it opens no goroutine. */
export function parseHeader(text: string): GoroutineHeader | null {
  const m = HEADER.exec(text);
  if (m === null) return null;
  const tail = (m[3] as string).trimEnd();
  let labels = '';
  if (tail !== ':') {
    const open = tail.indexOf('{');
    if (open < 0 || tail.slice(0, open).trim() !== '' || !tail.endsWith('}:')) return null;
    labels = tail.slice(open + 1, -2);
  }
  const flags: string[] = [];
  let minutes = -1;
  const [first = '', ...rest] = (m[2] as string).split(', ');
  let state = first;
  for (let s = SUFFIX_FLAG.exec(state); s !== null; s = SUFFIX_FLAG.exec(state)) {
    flags.push(s[1] as string);
    state = state.slice(0, s.index);
  }
  for (const part of rest) {
    const wait = MINUTES.exec(part);
    if (wait !== null) minutes = Number(wait[1]);
    else flags.push(part.startsWith('synctest bubble ') ? 'synctest bubble' : part);
  }
  return { id: Number(m[1]), state, minutes, flags, labels };
}

/** `route: "/reserve [v2]", tenant: blue` as pairs, in the order printed. Text that does not fit ends the list. */
export function parseLabels(text: string): readonly (readonly [string, string])[] {
  const out: [string, string][] = [];
  let at = 0;
  const word = (stop: string): string | null => {
    if (text[at] === '"') {
      let end = at + 1;
      while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
      if (end >= text.length) return null;
      const quoted = text.slice(at, end + 1);
      at = end + 1;
      return unquote(quoted);
    }
    let end = text.indexOf(stop, at);
    if (end < 0) end = text.length;
    const bare = text.slice(at, end);
    at = end;
    return bare;
  };
  while (at < text.length) {
    const key = word(': ');
    if (key === null || !text.startsWith(': ', at)) return out;
    at += 2;
    const value = word(', ');
    if (value === null) return out;
    out.push([key, value]);
    if (!text.startsWith(', ', at)) return out;
    at += 2;
  }
  return out;
}

/** Go's strconv.Quote for ASCII output. */
export function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/gi, (all: string, x?: string, u?: string, big?: string, c?: string) => {
    const hex = x ?? u ?? big;
    if (hex !== undefined) {
      const code = Number.parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : all;
    }
    return ESCAPES[c ?? ''] ?? c ?? all;
  });
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };
