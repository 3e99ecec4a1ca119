/**
 * Reads TCP socket tables and summaries of `ss`.
 * Written by: iproute2 misc/ss.c (6.1 here; columns hold since 4.x): `ss -tan`, `ss -tanp`, `ss -tn state X`, `ss -s`. Not netstat.
 * Sample:   CLOSE-WAIT 1      0          127.0.0.1:8080     127.0.0.1:59658 users:(("orders",pid=4287,fd=21))
 * Units:    Recv-Q and Send-Q in bytes; for LISTEN the queue's length and its limit, in connections.
 * Problems: socket-table/too-large, /nothing.
 * Not read: timers and memory (-o, -m, -i), UDP and unix sockets.
 */
import { decodeLatin1, type Reader, readSlice, type Span } from '../../model/index.ts';
import { firstLines } from '../lib/head.ts';

export interface Socket {
  /** As ss writes it: ESTAB, CLOSE-WAIT, LISTEN … null in a table of one state. */
  readonly state: string | null;
  readonly recvQ: number;
  readonly sendQ: number;
  readonly local: string;
  readonly localPort: string;
  readonly peer: string;
  readonly peerPort: string;
  readonly process: string | null;
  readonly pid: number | null;
  readonly span: Span;
}

export interface SocketTable {
  readonly sockets: readonly Socket[];
  readonly byState: { readonly [state: string]: number };
  /** `ss -s`: TCP: total (estab …, closed …, orphaned …, timewait …). */
  readonly summary: { readonly total: number; readonly estab: number; readonly closed: number; readonly orphaned: number; readonly timewait: number; readonly span: Span } | null;
}

const CAP = 64 * 1024 * 1024;
const STATES = new Set(['ESTAB', 'SYN-SENT', 'SYN-RECV', 'FIN-WAIT-1', 'FIN-WAIT-2', 'TIME-WAIT', 'UNCONN', 'CLOSE-WAIT', 'LAST-ACK', 'LISTEN', 'CLOSING']);
const HEAD = /^(?:Netid +)?(?:State +)?Recv-Q +Send-Q +Local Address:Port +Peer Address:Port/;
const SUMMARY = /^TCP: {1,4}(\d{1,9}) \(estab (\d{1,9}), closed (\d{1,9}), orphaned (\d{1,9}),(?: synrecv \d{1,9},)? timewait (\d{1,9})/;
/** The address may hold colons (IPv6) and a zone: the port is what follows the last one. */
const ADDRESS = /^(\S{1,200}):(\d{1,5}|\*|[a-z][a-z0-9-]{0,40})$/;

export const socketTable: Reader<SocketTable> = {
  id: 'socket-table',
  title: 'socket tables (ss)',
  takes: 'whole',

  sniff(head) {
    const lines = decodeLatin1(firstLines(head, 40)).split('\n').slice(0, 40);
    for (const line of lines) {
      if (HEAD.test(line)) return { confidence: 0.95, reached: line.length, why: 'header of ss' };
      if (SUMMARY.test(line)) return { confidence: 0.9, reached: line.length, why: 'summary of ss' };
    }
    const rows = lines.filter((l) => l.trim() !== '');
    return rows.length >= 2 && rows.every((l) => rowOf(l, { offset: 0, length: 0 }, true) !== null)
      ? { confidence: 0.7, reached: head.length, why: 'rows of ss without a header' }
      : { confidence: 0, reached: 0, why: 'no header or rows of ss' };
  },

  read(artifact) {
    const size = artifact.source.sizeBytes;
    if (size > CAP)
      return {
        model: null,
        problems: [
          {
            code: 'socket-table/too-large',
            severity: 'error',
            place: null,
            what: `${size} bytes of text`,
            why: `at most ${CAP} bytes are read at once`,
            next: 'ss -tan state close-wait',
          },
        ],
      };
    const bytes = readSlice(artifact.source, 0, size);
    const sockets: Socket[] = [];
    const byState: Record<string, number> = {};
    let summary: SocketTable['summary'] = null;
    let withState = true;
    let start = 0;
    while (start < bytes.length) {
      let end = bytes.indexOf(0x0a, start);
      if (end < 0) end = bytes.length;
      const span = { offset: start, length: end - start };
      start = end + 1;
      if (span.length > 4096) continue;
      const line = decodeLatin1(bytes.subarray(span.offset, end)).replace(/\r$/, '');
      if (HEAD.test(line)) {
        withState = /^(?:Netid +)?State/.test(line);
        continue;
      }
      const s = SUMMARY.exec(line);
      if (s !== null) {
        summary = { total: Number(s[1]), estab: Number(s[2]), closed: Number(s[3]), orphaned: Number(s[4]), timewait: Number(s[5]), span };
        continue;
      }
      const row = rowOf(line, span, withState);
      if (row === null) continue;
      sockets.push(row);
      const state = row.state ?? '';
      byState[state] = (byState[state] ?? 0) + 1;
    }
    if (sockets.length === 0 && summary === null)
      return {
        model: null,
        problems: [
          {
            code: 'socket-table/nothing',
            severity: 'error',
            place: null,
            what: 'no socket in it',
            why: 'neither rows nor the summary of ss were found',
            next: 'ss -tanp > sockets.txt',
          },
        ],
      };
    return { model: { sockets, byState, summary }, problems: [] };
  },
};

function rowOf(line: string, span: Span, withState: boolean): Socket | null {
  const words = line.trim().split(/ +/);
  if (words[0] === 'tcp') words.shift();
  else if (words[0] === 'udp' || words[0] === 'u_str' || words[0] === 'nl') return null;
  const state = withState ? (words.shift() ?? '') : null;
  if (state !== null && !STATES.has(state)) return null;
  const [recvQ = '', sendQ = '', local = '', peer = '', ...rest] = words;
  const at = ADDRESS.exec(local);
  const to = ADDRESS.exec(peer);
  if (!/^\d{1,12}$/.test(recvQ) || !/^\d{1,12}$/.test(sendQ) || at === null || to === null) return null;
  const user = /^users:\(\("([^"]{1,64})",pid=(\d{1,10})/.exec(rest.join(' '));
  return {
    state,
    recvQ: Number(recvQ),
    sendQ: Number(sendQ),
    local: at[1] ?? '',
    localPort: at[2] ?? '',
    peer: to[1] ?? '',
    peerPort: to[2] ?? '',
    process: user?.[1] ?? null,
    pid: user === null ? null : Number(user[2]),
    span,
  };
}
