import { bucketGrowing } from '../../../../model/conditions/goroutines.ts';
import { connectionsNotClosed } from '../../../../model/conditions/sockets.ts';
import { bodyNotClosed } from '../../../../model/conditions/source.ts';
import { originOfFrame } from '../../../../model/go-symbol.ts';
import { type Ask, type Condition, defineMechanism, fails, holds, unknown } from '../../../../model/index.ts';
import { bucketsBeside, placesOf, shrinksAgain, stackHolds } from '../../../lib/buckets.ts';
import { joinBy, tiedWithin } from '../../../lib/join.ts';
import { codeOfProcess } from '../../../lib/linked-code.ts';
import { type Bound, framesOf, namesItsCallee, SHOWS, sourceAt } from '../../../lib/source-frames.ts';

const READ_LOOP = 'net/http.(*persistConn).readLoop';
const WRITE_LOOP = 'net/http.(*persistConn).writeLoop';
const READS_BODY = 'net/http.(*bodyEOFSignal).Read';

/** Enough to tell one build from another. */
const FRAMES_COMPARED = 30;

/** The program's own frames of a bucket held against the source; sure: the line also shows the wait, or calls what the frame inside is. */
function compared(b: Condition, ask: Ask): { at: Bound; sure: boolean }[] {
  const stack = framesOf(b.facts['stack']);
  return stack.flatMap((frame, i) => {
    if (originOfFrame(frame.function, frame.file) !== 'own') return [];
    const at = sourceAt(frame, ask);
    const inner = stack[i - 1];
    const shows = SHOWS[String(b.facts['wait'])] ?? [];
    const sure = at.state === 'agrees' && (inner === undefined ? at.sites.some((s) => shows.includes(s.facts.class)) : namesItsCallee(at.sites, inner));
    return [{ at, sure }];
  });
}

const isTransport = (b: Condition): boolean => stackHolds(b, READ_LOOP) || stackHolds(b, WRITE_LOOP);

export const bodyNotClosedLeak = defineMechanism({
  id: 'go/body-not-closed',
  title: 'each call keeps its connection: the response body is not closed',
  to: bucketGrowing,
  from: [
    {
      kind: bodyNotClosed,
      role: 'defect',
      join: (effect, ask) => {
        if (!isTransport(effect)) return fails('these are not the goroutines of an HTTP transport', effect.places);
        // two goroutines a connection, with no frame of the program: the culprit must be code of the same program, seen in the same dump
        return joinBy(bodyNotClosed, ask, (c) => codeOfProcess(effect, c, ask));
      },
    },
  ],
  because: (link) => {
    const f = link.causes[0]?.facts;
    const how = f?.['returnLine'] === null ? 'is closed nowhere' : `is not closed when the function returns at line ${f?.['returnLine']}`;
    return `the body of ${f?.['call']} at line ${f?.['line']} ${how}: the connection stays busy for ever, with two goroutines of the transport, and the next call opens another`;
  },
  requires: [
    {
      id: 'source-bound',
      title: 'the source is that of the running program: its frames in the dump agree',
      test(link, ask) {
        const bound = bucketsBeside(link.effect, ask)
          .flatMap((b) => compared(b, ask))
          .slice(0, FRAMES_COMPARED);
        const other = bound.find((b) => b.at.state === 'differs')?.at;
        if (other?.state === 'differs') return unknown(other.why, other.next);
        const sure = bound.filter((b) => b.sure).flatMap((b) => (b.at.state === 'agrees' ? b.at.sites : []));
        if (sure.length > 0) return holds('file, function and line of the program’s frames agree with the source', placesOf(sure), 'derived');
        const missing = bound.find((b) => b.at.state === 'unknown')?.at;
        return unknown('no frame of the dump can be held against the source', missing?.state === 'unknown' ? missing.next : bodyNotClosed.next);
      },
    },
    {
      id: 'body-outstanding',
      title: 'the transport’s readers wait for a body to be read or closed',
      test(link, ask) {
        const readers = [link.effect, ...bucketsBeside(link.effect, ask)].filter((b) => stackHolds(b, READ_LOOP));
        const waiting = readers.filter((b) => b.facts['wait'] === 'select');
        if (waiting.length > 0) return holds('readLoop waits in [select]: an answer was delivered and its body is neither read nor closed', placesOf(waiting));
        if (readers.length > 0) return fails(`readLoop waits in [${readers[0]?.facts['wait']}]: connections are idle or wait for an answer`, placesOf(readers));
        return unknown('no readLoop goroutine of this process is at hand', bucketGrowing.next);
      },
    },
  ],
  supports: [
    {
      id: 'peer-has-closed',
      title: 'connections of the process stay open after the peer has closed them',
      test(link, ask) {
        const answer = ask.look(connectionsNotClosed);
        if (answer.state !== 'observed') return unknown('no table of sockets shows connections that wait to be closed', connectionsNotClosed.next);
        const own = answer.conditions.filter((c) => c.facts.side === 'opened' && tiedWithin(link.effect, c, ask, ['process', 'container']) !== null);
        const [first] = own;
        return first === undefined ? fails('they are those of another process, or it accepted them', placesOf(answer.conditions)) : holds(first.says, placesOf(own));
      },
    },
  ],
  refutes: [
    shrinksAgain,
    {
      id: 'bodies-being-read',
      title: 'as many goroutines are reading bodies',
      decisive: true,
      test(link, ask) {
        const reading = bucketsBeside(link.effect, ask).filter((b) => stackHolds(b, READS_BODY));
        const total = reading.reduce((n, b) => n + (typeof b.facts['total'] === 'number' ? b.facts['total'] : 0), 0);
        const counts = link.effect.facts['counts'];
        const here = Array.isArray(counts) ? Number(counts.at(-1)) : 0;
        return total >= here / 2 && total > 0
          ? holds(`${total} goroutines read a body: long answers, not forgotten ones`, placesOf(reading))
          : fails('hardly any goroutine reads a body', link.effect.places);
      },
    },
  ],
  rivals: [],
  order: 'standing',
  status: 'trial',
  culprits: (link) => {
    const f = link.causes[0]?.facts;
    return f === undefined ? [] : [{ kind: 'code', function: String(f['function']), file: String(f['file']), line: Number(f['line']) }];
  },
  mitigation: () => 'a restart frees what has piled up, until the next time',
  acceptedFalsePositives: ['several calls of one program forget the body and only one of them leaks: all are named', 'answers without a body need no close'],
});
