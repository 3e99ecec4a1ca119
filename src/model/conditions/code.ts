import { defineKind } from '../condition.ts';

export const codeRan = defineKind<{ function: string; process: string; seenIn: string }>({
  id: 'code/ran',
  title: 'a function of the program ran',
  explain:
    'The function stands on a stack of a CPU profile, or of an allocation in a heap profile. That it stands on none says nothing: what is quick or does not allocate is seldom sampled.',
  next: "curl -s 'http://HOST:PORT/debug/pprof/profile?seconds=30' > cpu.pb.gz, while it goes on",
});
