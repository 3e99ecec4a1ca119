import { kindName } from './events.ts';

/** What an event needs of where it happens and does not find: 1 must have, -1 must not have, 0 may have. */
export function needs(thread: number, proc: number, goroutine: number, wantsProc: number, wantsGoroutine: number): string {
  if (thread < 0) return 'an event that needs a thread has none';
  if (wantsProc === 1 && proc < 0) return 'an event that needs a P happens on a thread without one';
  if (wantsProc === -1 && proc >= 0) return `an event happens on a thread that has P ${proc}, where there should be none`;
  if (wantsGoroutine === 1 && goroutine < 0) return 'an event that needs a goroutine happens on a thread without one';
  return 'an event happens on a thread that has a goroutine, where there should be none';
}

export const notIn = (kind: number, status: string): string => `${kindName(kind)} for a goroutine that is not ${status}`;
