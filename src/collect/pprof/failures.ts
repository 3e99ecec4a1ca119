/** Why a capture did not come, in the server's own words where it has some, and what to do next. */
import type { ReportGap } from '../../model/index.ts';
import { type Exchange, saidIn } from './exchange.ts';

const wordsOf = (e: Exchange): string => (e.status === 0 || e.status === 200 ? '' : saidIn(e));

/** Of a window: what says that it was longer than the server, or something before it, grants; null: nothing does. */
export function tooLongFor(e: Exchange): string | null {
  if (e.ended === 'interrupted') return null;
  const said = wordsOf(e);
  // net/http/pprof up to Go 1.22
  if (e.status === 400 && said.includes("exceeds server's WriteTimeout")) return said;
  // a deadline that cuts the answer off without a word: the server's own, or that of a proxy
  return e.ended === 'broken-off' || e.status === 502 || e.status === 503 || e.status === 504 ? e.fault || `HTTP ${e.status} ${said}`.trim() : null;
}

/** `is`: what the answer should have been. `held`: what the server says when somebody else has it. */
export function failureOf(path: string, is: string, e: Exchange, held: { readonly busy: RegExp; readonly next: string } | null): ReportGap {
  const gap = (why: string, next: string): ReportGap => ({ what: `no ${path}`, why, next });
  const said = wordsOf(e);
  const look = `curl -i '${e.url}'`;
  switch (e.ended) {
    case 'interrupted':
      return gap(e.fault, 'run it again');
    case 'timeout':
      return gap(e.fault, 'wait longer: --timeout SECONDS');
    case 'too-large':
      return gap(e.fault, `curl -o ${path.replace(/\W+/g, '-')} '${e.url}'`);
    case 'not-kept':
      return gap(e.fault, 'make room, or give another folder: -o FOLDER');
    case 'redirected':
      return gap(e.fault, 'give that address itself: gorca collect --pprof URL');
    case 'broken-off':
    case 'unreachable':
      return gap(e.fault, 'the process may have ended: look at its log, then gorca collect again');
    case 'whole':
      break;
  }
  if (e.status === 401 || e.status === 403) return gap(`denied (HTTP ${e.status})`, 'give what it asks for: --token-env NAME, --header, or user and password in the address');
  if (e.status === 404) return gap('the server has no such profile (HTTP 404)', 'register its handler: net/http/pprof does so on import');
  if (held?.busy.test(said) === true) return gap(said, held.next);
  if (e.status !== 200) return gap(`HTTP ${e.status} ${said}`.trim(), look);
  return gap(e.sizeBytes === 0 ? 'the answer is empty' : `what answers is not ${is}`, look);
}
