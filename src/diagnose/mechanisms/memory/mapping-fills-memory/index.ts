import { codeRan } from '../../../../model/conditions/code.ts';
import { notHeap, stacksGrowing } from '../../../../model/conditions/memory.ts';
import { mappingNotFreed } from '../../../../model/conditions/source-memory.ts';
import { type Check, defineMechanism, fails, goFunction, holds, processOf, unknown } from '../../../../model/index.ts';
import { joinBy, tiedWithin } from '../../../lib/join.ts';
import { shareOfGrowth } from '../../../lib/memory.ts';
import { codeCulprit } from '../../../lib/site-source.ts';

const onlyPlace: Check = {
  id: 'only-place',
  title: 'it is the only place in the source that takes such memory',
  test(link, ask) {
    const answer = ask.look(mappingNotFreed);
    const cause = link.causes[0];
    if (answer.state !== 'observed' || cause === null || cause === undefined) return unknown('the source is not at hand', mappingNotFreed.next);
    const others = answer.conditions.filter((c) => c.facts.function !== cause.facts['function']);
    return others.length === 0
      ? holds('no other function at hand does', cause.places)
      : unknown(
          `${others.length + 1} functions take memory outside the heap: which of them did is not known`,
          "which code maps: bpftrace -e 'tracepoint:syscalls:sys_enter_mmap /pid == PID/ { @[ustack] = count(); }', or a CPU profile (pages are filled where they are first touched)",
        );
  },
};

/** The source may be of a program that never calls it. */
const ran: Check = {
  id: 'ran',
  title: 'a profile of this process shows the function at work',
  test(link, ask) {
    const name = link.causes[0]?.facts['function'];
    if (typeof name !== 'string') return unknown('no function to look for', codeRan.next);
    const answer = ask.look(codeRan, goFunction(name));
    if (answer.state !== 'observed')
      return unknown(answer.state === 'not-observable' ? (answer.reasons[0]?.why ?? 'no profile is at hand') : 'no profile is at hand', codeRan.next);
    const here = answer.conditions.filter(
      (c) =>
        ['process', 'container', 'pod'].some((level) => ask.identity.within(link.effect.entity, processOf(c.facts.process), level as 'process') !== null) ||
        ask.identity.same(link.effect.entity, processOf(c.facts.process)) !== null,
    );
    const [one] = here;
    return one === undefined ? unknown('the profiles that show it are of other processes', codeRan.next) : holds(one.says, one.places);
  },
};

/** Stacks lie outside the heap as well, and have a counter of their own. */
const stacksGrow: Check = {
  id: 'stacks-grow',
  title: 'the stacks of goroutines make up the growth',
  test(link, ask) {
    const answer = ask.look(stacksGrowing);
    if (answer.state === 'not-observable') return unknown('go_memstats_stack_inuse_bytes was not captured', stacksGrowing.next);
    const here = answer.state === 'observed' ? answer.conditions.find((c) => tiedWithin(link.effect, c, ask, ['process', 'container', 'pod']) !== null) : undefined;
    if (here === undefined) return fails('they do not grow', answer.state === 'absent' ? answer.covered.flatMap((c) => c.places).slice(0, 2) : link.effect.places);
    const share = shareOfGrowth(here, { ...link.effect, facts: { fromBytes: 0, toBytes: Number(link.effect.facts['growthBytes']) } });
    return share !== null && share > 0.5 ? holds(here.says, here.places) : fails('they are the lesser part', here.places);
  },
};

/** Resident memory grows, the heap and the stacks do not, and the program takes memory that it nowhere gives back. */
export const mappingFillsMemory = defineMechanism({
  id: 'memory/mapping-fills-memory',
  title: (link) => `memory that ${String(link.causes[0]?.facts['call'] ?? 'a system call')} takes is never given back`,
  to: notHeap,
  from: [
    {
      kind: mappingNotFreed,
      role: 'defect',
      // nothing a process shows of such memory names the code: a profile must show the function at work there (requires)
      join: (_effect, ask) => joinBy(mappingNotFreed, ask, () => 'guessed'),
    },
  ],
  because: (link) =>
    `the garbage collector frees the Go value and knows nothing of what ${String(link.causes[0]?.facts['call'] ?? 'it')} took for it: only ${String(link.causes[0]?.facts['frees'] ?? 'its counterpart')} gives that back`,
  requires: [ran, onlyPlace],
  refutes: [{ ...stacksGrow, decisive: true }],
  rivals: ['memory/stacks-fill-memory'],
  order: 'standing',
  status: 'trial',
  culprits: (link) => codeCulprit(link.causes[0]),
  mitigation: () => 'a restart gives it back',
  acceptedFalsePositives: [
    'a C library, or a dependency whose source was not captured, takes the memory instead',
    'a mapping that is meant to stay, beside page cache that is counted as resident',
  ],
});
