import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Artifact } from '../../model/index.ts';
import { textArtifact } from '../../model/testing/artifact.ts';
import { checkReader, expectSpanText, fixtures } from '../testing/check-reader.ts';
import { type SocketTable, socketTable } from './index.ts';

const testdata = fileURLToPath(new URL('./testdata', import.meta.url));
function integrity(m: SocketTable, artifact: Artifact): void {
  expect(Object.values(m.byState).reduce((a, b) => a + b, 0)).toBe(m.sockets.length);
  for (const s of m.sockets) expectSpanText(artifact, s.span, s.localPort);
}

describe('fixtures', () => {
  it.each(fixtures(testdata, /\.txt$/))('%s', (file) => checkReader({ reader: socketTable, file, summary: (m) => m, integrity, mutations: 30 }));
});

describe('rows', () => {
  it('IPv6, zones and the netid column', () => {
    const m = socketTable.read(
      textArtifact(
        'Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port Process\ntcp ESTAB 0 0 [::ffff:10.0.0.1]:8080 [2001:db8::1]:443 users:(("orders",pid=7,fd=9))\nudp UNCONN 0 0 0.0.0.0:53 0.0.0.0:*\n',
      ),
    ).model;
    expect(m?.sockets).toHaveLength(1);
    expect(m?.sockets[0]).toMatchObject({ state: 'ESTAB', local: '[::ffff:10.0.0.1]', localPort: '8080', peer: '[2001:db8::1]', peerPort: '443', process: 'orders', pid: 7 });
  });
  it('is not sniffed in netstat, prose or logs', () => {
    for (const text of ['Active Internet connections\nProto Recv-Q Send-Q Local Address Foreign Address State\n', 'State of the union\n', '{"msg":"ESTAB"}\n', ''])
      expect(socketTable.sniff(new TextEncoder().encode(text), text.length).confidence).toBe(0);
  });
});
