import { defineKind } from '../condition.ts';

export const connectionsNotClosed = defineKind<{
  /** Whom they were opened to; null for connections that were accepted. */
  peer: string | null;
  side: 'opened' | 'accepted';
  program: string | null;
  fromCount: number | null;
  count: number;
  /** The very same connections in the first and the last table; null with one table. */
  kept: number | null;
  tables: number;
}>({
  id: 'sockets/not-closed',
  title: 'connections that the other end has closed stay open here',
  explain:
    'CLOSE-WAIT: the peer has closed and this process has not; the kernel waits for it without end. Told where two tables show the same connections waiting, or where one table shows more than any pool keeps. A few are normal for moments; ESTAB and TIME-WAIT crowds are those of a busy program and say nothing.',
  next: 'ss -tanp in the network namespace of the process, twice, a minute apart',
});
