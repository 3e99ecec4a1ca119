import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sampleReport } from '../testing/sample.ts';
import { Redactor, redactReport } from './index.ts';

const redact = (text: string): string => {
  const r = new Redactor();
  r.learn(text);
  return r.text(text);
};

describe('redact', () => {
  test.each([
    ['Authorization: Bearer abcdefghijklmnop', 'Authorization: Bearer <token-1>'],
    ['jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig-nature', 'jwt <token-1>'],
    ['DB_PASSWORD=hunter22 user=x', 'DB_PASSWORD=<token-1> user=x'],
    ['{\\"password\\": \\"hunter22\\"}', '{\\"password\\": \\"<token-1>\\"}'],
    ['postgres://app:s3cr3t@db/orders', 'postgres://app:<token-1>@db/orders'],
    ['key AKIAABCDEFGHIJKLMNOP', 'key <token-1>'],
    ['mail bob@example.com and bob@example.com', 'mail <email-1> and <email-1>'],
    ['dial tcp 10.96.0.7:8080 from 10.96.0.8', 'dial tcp <ip-1>:8080 from <ip-2>'],
    ['[2001:db8::1]:443 and fe80::1', '[<ip-1>]:443 and <ip-2>'],
    ['/home/alice/go/x.go C:\\Users\\Bob\\y', '/home/<user-1>/go/x.go C:\\Users\\<user-2>\\y'],
    ['up{instance="shop-7:80",code="500"} shop-7:80', 'up{instance="<label-1>",code="500"} <label-1>'],
    ['"pod":"orders-1-x" on orders-1-x/orders, orders-1-xy', '"pod":"<label-1>" on <label-1>/orders, orders-1-xy'],
  ])('%s', (text, expected) => expect(redact(text)).toBe(expected));

  test.each([
    'at 14:08:02.5 127.0.0.1:80 is ::1 and 0.0.0.0',
    'go1.26.8 v1.2.3-0.20260101000000-abcdef123456',
    'goroutine 18 [chan receive, 5 minutes]: main.(*T).f(0xc000012345)',
    'inventory.(*Client).Reserve.func1 client.go:61 ratio 3:4:5',
    'up{job="true",le="0.5",severity="critical"}',
    'tokens: see below; the token bucket is empty',
    '"container":"orders" of orders, "namespace":"shop" in gorca.dev/shop/orders.(*Client).Reserve and inventory.(*Client).Reserve',
    'up{job="orders"} and tenant="ledger" in ledger.Post at internal/ledger/post.go:3',
  ])('near miss stays: %s', (text) => expect(redact(text)).toBe(text));

  test('a word of a host or a sentence is no word of code', () => {
    expect(redact('{tenant="acme"} acme.internal:80 acme. (see acme) /srv/acme/x.txt')).toBe(
      '{tenant="<label-1>"} <label-1>.internal:80 <label-1>. (see <label-1>) /srv/<label-1>/x.txt',
    );
  });

  test('one value, one pseudonym, in every part of the report; the input is not changed', () => {
    const before = JSON.stringify(sampleReport);
    const text = JSON.stringify(redactReport(sampleReport));
    expect(JSON.stringify(sampleReport)).toBe(before);
    for (const secret of ['alice', 'bob@example.com', 'orders-68f495bf69-jjdrd']) expect(text, secret).not.toContain(secret);
    const [pseudonym] = /<label-\d+>(?= OOMKilled)/.exec(text) ?? [];
    expect(pseudonym).toBeDefined();
    expect(text).toContain(`container orders of ${pseudonym} OOMKilled`);
    expect(text).toContain(`/${pseudonym}/`);
    expect(text).toContain(`\\"pod\\":\\"${pseudonym}\\"`);
    expect(JSON.stringify(redactReport(sampleReport))).toBe(text);
    expect(redactReport(sampleReport)).toMatchObject({ schema: sampleReport.schema, causes: [{ mechanism: 'go/abandoned-sender', verdict: 'supported' }] });
  });

  test('redacting twice changes nothing more, and long text takes no time', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '1', '.', ':', '@', '/', '"', '=', ' ', '-', 'token=', 'pod="', 'Bearer ') }), (text) => {
        const once = redact(text);
        expect(redact(once)).toBe(once);
      }),
      { seed: 7 },
    );
    for (const unit of ['a@', '1.', 'token=', '{a="', '://x:', ':a', '-----BEGIN PRIVATE KEY-----']) redact(unit.repeat(20_000));
  });
});
