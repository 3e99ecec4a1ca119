/**
 * What a text is without what varies from record to record. A word is letters, digits, _ and every byte beyond ASCII, joined by single dots and
 * hyphens, and by colons between digits (10.0.3.7:5432, 14:02:11, 4bf92f35-…, o-1f3a-00042, 250ms); a word with a digit is masked, unless it is
 * a version of an interface (v1, v2beta1) or one of KEPT. An IPv6 address in brackets is masked with its port. The first line counts.
 * Nothing else is: errors stand in quotes, and words without a digit are told apart until many of them vary in one place.
 * This is the plain twin of src/kernels/assembly/mask.ts.
 */
const MASKED = 1;

/** Words that hold a digit and are no variable; lower case, at most eight bytes. */
export const KEPT: readonly string[] = [
  'utf8',
  'utf-8',
  'http2',
  'ipv4',
  'ipv6',
  'x509',
  'sha1',
  'sha256',
  'md5',
  'base64',
  'int32',
  'int64',
  'uint64',
  'float64',
  'k8s',
  's3',
  'p50',
  'p90',
  'p95',
  'p99',
];
const keptWords = new Set(KEPT);
const VERSION = /^v\d{1,2}(?:alpha|beta)?\d{0,2}$/;

const isDigit = (c: number): boolean => c >= 48 && c <= 57;
const isWord = (c: number): boolean => isDigit(c) || (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 95 || c >= 128;
const isHex = (c: number): boolean => isDigit(c) || (c >= 97 && c <= 102) || (c >= 65 && c <= 70);

/** Units of a text: bytes of a line, or the UTF-16 units of a string, which are masked alike. */
type Units = (at: number) => number;

function afterIpv6(at: Units, from: number, end: number): number {
  let p = from + 1;
  let colons = 0;
  const most = Math.min(end, from + 42);
  while (p < most && (isHex(at(p)) || at(p) === 58)) {
    if (at(p) === 58) colons++;
    p++;
  }
  if (colons < 2 || p >= end || at(p) !== 93) return from;
  p++;
  if (p + 1 < end && at(p) === 58 && isDigit(at(p + 1))) {
    p++;
    while (p < end && isDigit(at(p))) p++;
  }
  return p;
}

function isKept(at: Units, from: number, to: number): boolean {
  if (to - from > 11) return false;
  let word = '';
  for (let p = from; p < to; p++) word += String.fromCharCode(at(p));
  if (VERSION.test(word)) return true;
  return word.length <= 8 && keptWords.has(word.replaceAll(/[A-Z]/g, (c) => c.toLowerCase()));
}

/** Hands out the units of the masked text, MASKED for what was masked. */
function mask(at: Units, from: number, end: number, escaped: boolean, emit: (c: number) => void): void {
  let p = from;
  while (p < end) {
    const c = at(p);
    if (isWord(c)) {
      let digits = false;
      let q = p;
      while (q < end) {
        const d = at(q);
        if (isWord(d)) digits ||= isDigit(d);
        else if (q + 1 >= end) break;
        else if (d === 46 || d === 45) {
          if (!isWord(at(q + 1))) break;
        } else if (d !== 58 || !digits || !isDigit(at(q + 1))) break;
        q++;
      }
      if (!digits || isKept(at, p, q)) while (p < q) emit(at(p++));
      else emit(MASKED);
      p = q;
      continue;
    }
    if (c === 10) return;
    if (c === 91) {
      const q = afterIpv6(at, p, end);
      if (q !== p) {
        emit(MASKED);
        p = q;
        continue;
      }
    } else if (c === 92 && escaped && p + 1 < end) {
      const d = at(p + 1);
      if (d === 110) return;
      p += 2;
      if (d === 34) {
        emit(34);
        continue;
      }
      emit(92);
      emit(d);
      // the digits of an escape are no number
      for (let most = d === 117 ? 4 : d === 120 ? 2 : d === 85 ? 8 : 0; most > 0 && p < end; most--) emit(at(p++));
      continue;
    }
    emit(c);
    p++;
  }
}

/** Two lanes of 32 bits. */
class Lanes {
  #first = 0x811c9dc5;
  #second = 0x2545f491;

  emit(c: number): void {
    this.#first = Math.imul(this.#first ^ c, 0x01000193);
    this.#second = Math.imul(((this.#second << 5) | (this.#second >>> 27)) ^ c, 0x9e3779b1);
  }

  put(out: Uint32Array, at: number): void {
    out[at] = this.#first === 0 && this.#second === 0 ? 1 : this.#first;
    out[at + 1] = this.#second;
  }
}

export function putMaskHash(b: Uint8Array, from: number, end: number, escaped: boolean, out: Uint32Array, to: number): void {
  const lanes = new Lanes();
  mask(
    (p) => b[p] as number,
    from,
    end,
    escaped,
    (c) => lanes.emit(c),
  );
  lanes.put(out, to);
}

export function putHash(b: Uint8Array, from: number, end: number, out: Uint32Array, to: number): void {
  const lanes = new Lanes();
  for (let p = from; p < end; p++) lanes.emit(b[p] as number);
  lanes.put(out, to);
}

const TEXT_CAP = 2000;

/** The masked text, `<*>` where something was masked. */
export function maskedText(text: string): string {
  let out = '';
  mask(
    (p) => text.charCodeAt(p),
    0,
    Math.min(text.length, TEXT_CAP),
    false,
    (c) => {
      out += c === MASKED ? '<*>' : String.fromCharCode(c);
    },
  );
  return out;
}
