/** What makes two crashes the same: what was said, and the program's own frames of the goroutine that said it. */
import { originOfFrame, shortGoSymbol } from '../../../../model/index.ts';
import { maskedText } from '../../../../read/logs/index.ts';

const GOROUTINE = /^goroutine \d{1,10} (?:gp=|\[)/m;
const CALL = /^([^\s()]{1,400}(?:\(\*?[^\s()]{1,200}\)[^\s()]{0,400})?)\(/;
const FILE = /^(?:\t| {8})([^\n]{1,512}?):\d{1,7}(?: \+0x[0-9a-f]{1,16})?(?: fp=| |$)/;
const FRAMES = 4;
const LINES_CAP = 400;

export const holdsTrace = (text: string): boolean => text.includes('goroutine ') && GOROUTINE.test(text);

/**
 * `panic: boom · main.handle < main.serve`. Frames of the standard library, the module cache and vendor folders count only where there are no
 * others: they are in every crash.
 */
export function crashFingerprint(text: string): string {
  const said = maskedText(text);
  const at = text.search(GOROUTINE);
  if (at < 0) return said;
  const own: string[] = [];
  const others: string[] = [];
  const lines = text.slice(at).split('\n', LINES_CAP);
  for (let i = 1; i + 1 < lines.length; i++) {
    // only the goroutine that crashed
    if (lines[i] === '' || lines[i]!.startsWith('created by ')) break;
    const call = CALL.exec(lines[i]!);
    const file = call === null ? null : FILE.exec(lines[i + 1]!);
    if (call === null || file === null) continue;
    const origin = originOfFrame(call[1]!, file[1]!);
    const name = shortGoSymbol(call[1]!);
    if (origin === 'own') own.push(name);
    else if (origin !== 'runtime') others.push(name);
    i++;
  }
  const frames = (own.length > 0 ? own : others).slice(0, FRAMES);
  return frames.length === 0 ? said : `${said} · ${frames.join(' < ')}`;
}
