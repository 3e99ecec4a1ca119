/**
 * Whose a listen address was, and when. Loopback ports and pod addresses are given to one process after another: an address joins two names only
 * while it belonged to that process. How long a process lived is mostly not said; what is known is when it was reached there, and that
 * somebody else was before or after.
 */
import type { Interval } from '../../model/index.ts';

export interface Tenancy<Owner> {
  readonly owner: Owner;
  /** null: it held the address at two times with another owner in between, so that the address tells nothing of when it was whose. */
  readonly during: Interval | null;
}

type Instant = NonNullable<Interval['from']>;

/** `seen`: when each owner was reached at the address; several of one owner are one tenancy. */
export function tenancies<Owner>(seen: readonly { readonly owner: Owner; readonly at: Interval }[], same: (a: Owner, b: Owner) => boolean): Tenancy<Owner>[] {
  const hulls: { owner: Owner; at: Interval }[] = [];
  for (const s of seen) {
    const known = hulls.find((h) => same(h.owner, s.owner));
    if (known === undefined) hulls.push({ owner: s.owner, at: s.at });
    else known.at = { from: least(known.at.from, s.at.from), to: most(known.at.to, s.at.to) };
  }
  return hulls.map(({ owner, at }) => {
    let from: Instant | null = null;
    let to: Instant | null = null;
    for (const other of hulls) {
      if (other.owner === owner) continue;
      // whose it was between the last sight of one and the first of the next is not known
      if (at.from !== null && other.at.to !== null && other.at.to < at.from) from = at.from;
      else if (at.to !== null && other.at.from !== null && other.at.from > at.to) to = at.to;
      else return { owner, during: null };
    }
    return { owner, during: { from, to } };
  });
}

const least = (a: Instant | null, b: Instant | null): Instant | null => (a === null ? b : b === null || a < b ? a : b);
const most = (a: Instant | null, b: Instant | null): Instant | null => (a === null ? b : b === null || a > b ? a : b);
