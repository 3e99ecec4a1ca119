/** Text from inputs made harmless for a terminal, and measured in columns. */

// C0 and C1 controls, DEL, direction marks and overrides, invisible separators and tags: none may act on the reader's screen
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;
const BREAKS = /[\t\r\n\v\f]+/g;

const spelled = (c: string): string => {
  const code = c.codePointAt(0) as number;
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
};

/** One line: breaks become spaces, what could act on a terminal is spelled out. */
export const oneLine = (text: string): string => text.replace(BREAKS, ' ').replace(UNSAFE, spelled);

/** Several lines: line breaks stay, tabs become spaces. */
export const manyLines = (text: string): string =>
  text
    .split(/\r\n|\n|\r/)
    .map((line) => line.replaceAll('\t', '    ').replace(UNSAFE, spelled))
    .join('\n');

/** For JSON: what JSON leaves as it is and a terminal would obey. The value stays the same. */
export const escapeForJson = (json: string): string =>
  json.replace(UNSAFE, (c) => (c === '\n' ? c : [...Array(c.length).keys()].map((i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')));

const COMBINING = /\p{Mark}/u;
// East Asian wide and full-width blocks, and pictographs drawn over two columns
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

export function columnsOf(text: string): number {
  let n = 0;
  for (const c of text) n += c < '\u0300' ? 1 : COMBINING.test(c) ? 0 : WIDE.test(c) ? 2 : 1;
  return n;
}

/** Breaks at blanks; a word longer than a line breaks after a slash, dot or anywhere. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').filter((w) => w !== '')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (columnsOf(joined) <= columns) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    let rest = word;
    while (columnsOf(rest) > columns) {
      const cut = breakAt(rest, columns);
      lines.push(rest.slice(0, cut));
      rest = rest.slice(cut);
    }
    line = rest;
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
}

function breakAt(word: string, columns: number): number {
  let at = 0;
  let used = 0;
  let good = 0;
  for (const c of word) {
    used += columnsOf(c);
    if (used > columns) break;
    at += c.length;
    if (c === '/' || c === '.' || c === ',' || c === ':' || c === '&') good = at;
  }
  if (good > at / 2) return good;
  return at === 0 ? ([...word][0] as string).length : at;
}

export const padTo = (text: string, columns: number): string => text + ' '.repeat(Math.max(0, columns - columnsOf(text)));

/** What fits, with an ellipsis for the rest. */
export function cut(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let out = '';
  let used = 0;
  for (const c of text) {
    used += columnsOf(c);
    if (used > columns - 1) break;
    out += c;
  }
  return `${out}…`;
}

/** Parts side by side as far as they fit. */
export function joined(parts: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last !== undefined && columnsOf(`${last} · ${part}`) <= columns) lines[lines.length - 1] = `${last} · ${part}`;
    else lines.push(...wrap(part, columns));
  }
  return lines;
}
