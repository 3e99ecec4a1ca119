/**
 * Field-anchored search over whole lines: a literal finds candidates, the line's own grammar decides. What this grammar cannot decide
 * (escapes in a key or value, text that is neither JSON nor logfmt, a level or time of unknown form) is handed out as UNSURE.
 *
 * A plan is u32 words, all offsets absolute:
 *   0 needles (0: every line is a candidate)   4 their address   8 Teddy table
 *  12 key slots (64 × u32: entry number + 1; linear probing)   16 key entries   20 terms   24 truth table (one byte for each set of terms)
 *  28 field scratch   32 level table   36 its count   40 the byte that nearly all lines begin with: others are looked at whatever they hold (0: no)   44 shapes: 1 JSON | 2 logfmt
 *  48 number of bare entries   52 their address   56 scratch for a bare name (64 bytes)   60 how many of the key entries, the first ones, have a dot in their names   64 first letters, 96 last letters of bare names (256 bits each)
 * 128 how durations are read (./durations.ts; 0: none is asked for)   132 conditions on them   136 their number   140 how needles are sought: 0 findNeedle, 1 findPairs, 2 findMany, 3 findSome   144 memory of ./shapes.ts (0: every line is read as a whole)
 * Keys are names of top-level fields; a dotted one is also that of a member of an object. A key entry: address, length, first term, number of terms. A bare entry is met by the last part of a name at any depth, without case, _ and -.
 * A term: bit, kind, a, b (u32), then two i64: for EQUAL a = value's address, b = its length; for LEVEL a = accepted ranks; for TIME the two i64, inclusive; for NUMBER
 * a = how to compare, and an f64 instead of the first i64. A condition on a duration: bit, how to compare, f64 seconds.
 */
import { findByte, lineStart } from './bytes';
import { jsonFields, logfmtFields, objectEnd, words } from './fields';
import { beginJudging, judge, NO, stampOf, UNSURE } from './judge';
import { known, knownLine, learnShape } from './known-lines';
import { findMany, findNeedle, findPairs, findSome } from './needles';

/** Bytes of one line in the output. */
const ROW: u32 = 24;

const BY_PAIRS: u32 = 1;
const BY_TEDDY: u32 = 2;
const BY_ROUGH_TEDDY: u32 = 3;

const JSON_LINES: u32 = 1;
const LOGFMT_LINES: u32 = 2;

/** Where the last call of search stopped: the next line to look at, because the output was full. */
let resumed: usize = 0;
export function resumeAt(): u32 {
  return <u32>resumed;
}

/** Lines looked at closely since resetCounts. */
let looked: u32 = 0;
export function linesLooked(): u32 {
  return looked;
}
export function resetCounts(): void {
  looked = 0;
}

/**
 * Lines of [from, end) that match or may: (start, end without its line feed, verdict, 0) as u32 and the time as i64 (NO_TIME: not known
 * here) at `out`, ROW bytes each, at most `cap` of them.
 * `from` begins a line; the line at `end` is complete.
 */
export function search(plan: usize, from: usize, end: usize, out: usize, cap: u32): u32 {
  const needleCount = load<u32>(plan);
  const needles: usize = load<u32>(plan, 4);
  const other = <u8>load<u32>(plan, 40);
  // lines from there on have no line feed
  const whole = load<u32>(plan, 144) !== 0 ? lineStart(from, end) : from;
  let n: u32 = 0;
  let p = from;
  while (p < end) {
    let start = p;
    if (needleCount !== 0) {
      // what begins the stretch has no line feed before it
      const at = other !== 0 && load<u8>(p) !== other ? p : candidate(plan, needles, needleCount, p, end, other);
      if (at === 0) break;
      start = lineStart(p, at);
    }
    looked++;
    const json = load<u8>(start) === 123 && (load<u32>(plan, 44) & JSON_LINES) !== 0;
    const pairs = !json && (load<u32>(plan, 44) & LOGFMT_LINES) !== 0 && load<u8>(start) > 32;
    // what is cut off at the end has no line feed that a shape would end with
    const mayBeKnown = (json || pairs) && start < whole;
    let stop: usize = mayBeKnown ? knownLine(plan, start, whole, json) : 0;
    const verdict = stop !== 0 ? known : json ? jsonLine(plan, start, end, mayBeKnown) : textLine(plan, start, end, pairs, mayBeKnown);
    if (stop === 0) stop = lineStop;
    if (verdict !== NO) {
      if (n >= cap) {
        resumed = start;
        return n;
      }
      const to = out + n * ROW;
      store<u32>(to, <u32>start);
      store<u32>(to, <u32>(stop > end ? end : stop), 4);
      store<u32>(to, verdict, 8);
      store<i64>(to, stampOf(), 16);
      n++;
    }
    p = stop + 1;
  }
  resumed = end;
  return n;
}

@inline
function candidate(plan: usize, needles: usize, count: u32, from: usize, end: usize, opening: u8): usize {
  const by = load<u32>(plan, 140);
  if (by === BY_ROUGH_TEDDY) return findSome(load<u32>(plan, 8), needles, from, end, opening);
  if (by === BY_TEDDY) return findMany(load<u32>(plan, 8), needles, from, end, opening);
  return by === BY_PAIRS ? findPairs(needles, count, from, end) : findNeedle(needles, count, from, end);
}

/** Where the line that was read as a whole ends. */
let lineStop: usize = 0;

/** The verdict of a line that begins with a brace. */
function jsonLine(plan: usize, start: usize, end: usize, learns: bool): u32 {
  beginJudging();
  const count = jsonFields(start, end, load<u32>(plan, 28));
  if (count < 0) {
    lineStop = findByte(start, end, 10);
    return UNSURE;
  }
  let stop = objectEnd;
  if (load<u8>(stop) === 13) stop++;
  if (stop < end && load<u8>(stop) !== 10) {
    lineStop = findByte(stop, end, 10);
    return UNSURE;
  }
  lineStop = stop;
  if (learns && count > 0 && stop < end) learnShape(plan, <u32>count, start, stop, true);
  return judge(plan, <u32>count);
}

/** The same of any other line; `pairs`: it may be logfmt. */
function textLine(plan: usize, start: usize, end: usize, pairs: bool, learns: bool): u32 {
  const fields: usize = load<u32>(plan, 28);
  beginJudging();
  const stop = findByte(start, end, 10);
  lineStop = stop;
  if (!pairs) return UNSURE;
  const count = logfmtFields(start, stop, fields);
  if (count <= 0 || words > <u32>count || load<u32>(fields) !== <u32>start) return UNSURE;
  if (learns && words === 0) learnShape(plan, <u32>count, start, stop, false);
  return judge(plan, <u32>count);
}
