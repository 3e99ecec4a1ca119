/** Deadlines that are used up before the call that misses them. */
import { deadlineExhausted } from '../../model/conditions/error-texts.ts';
import { type Condition, type Culprit, isKind } from '../../model/index.ts';

type Spent = NonNullable<(typeof deadlineExhausted)['facts']>;

export const spent = (c: Condition | null | undefined): Spent | null => (c != null && isKind(c, deadlineExhausted) ? c.facts : null);

/** Where the time went. */
export function spenderOf(c: Condition | null | undefined): Culprit[] {
  const s = spent(c);
  if (s === null) return [];
  const route = s.spentRoute === null ? '' : ` ${s.spentRoute}`;
  return [
    { kind: 'endpoint', ref: s.how === 'own' ? s.within : `${s.within} → ${s.spentOn}${route}${s.how === 'retries' ? `, ${(s.attempts ?? 2) - 1} attempts before the last` : ''}` },
  ];
}
