/** The fleet that the logs of an investigation tell of: read once, asked by whoever compares services. */
import type { LogOwner } from '../logs/who.ts';
import { type Fleet, openFleet } from './fleet.ts';

const memo = new WeakMap<readonly LogOwner[], Fleet>();

export function fleetOf(owners: readonly LogOwner[]): Fleet {
  let fleet = memo.get(owners);
  if (fleet === undefined) {
    const at = new Map<string, string>();
    for (const o of owners) if (o.service !== null) for (const address of o.digest.listens) at.set(address, o.service);
    fleet = openFleet(
      owners.map((o) => ({ artifact: o.digest.source.artifact.id, process: o.process.key, service: o.service, sample: o.digest.events })),
      (address) => at.get(address) ?? null,
      { noGuess: true },
    );
    memo.set(owners, fleet);
  }
  return fleet;
}
