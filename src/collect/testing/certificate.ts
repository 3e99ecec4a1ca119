/** A certificate for 127.0.0.1 that signs itself, made on the spot: a private key has no place in a repository. */
import { createSign, generateKeyPairSync } from 'node:crypto';

const der = (tag: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Uint8Array.from([tag, ...length]), body]);
};
const text = (s: string): Uint8Array => new TextEncoder().encode(s);
const oid = (...bytes: number[]): Uint8Array => der(0x06, Uint8Array.from(bytes));
const SHA256_ECDSA = der(0x30, oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));

export function selfSigned(): { readonly cert: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = der(0x30, der(0x31, der(0x30, oid(0x55, 0x04, 0x03), der(0x0c, text('gorca test')))));
  const day = (offset: number): Uint8Array => der(0x17, text(`${new Date(Date.now() + offset * 86_400_000).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));
  // basicConstraints CA:TRUE, subjectAltName 127.0.0.1
  const ca = der(0x30, oid(0x55, 0x1d, 0x13), Uint8Array.from([0x01, 0x01, 0xff]), der(0x04, der(0x30, Uint8Array.from([0x01, 0x01, 0xff]))));
  const alt = der(0x30, oid(0x55, 0x1d, 0x11), der(0x04, der(0x30, der(0x87, Uint8Array.from([127, 0, 0, 1])))));
  const body = der(
    0x30,
    der(0xa0, der(0x02, Uint8Array.from([2]))),
    der(0x02, Uint8Array.from([1])),
    SHA256_ECDSA,
    name,
    der(0x30, day(-1), day(1)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, ca, alt)),
  );
  const signature = createSign('sha256').update(body).sign(privateKey);
  const cert = der(0x30, body, SHA256_ECDSA, der(0x03, Uint8Array.from([0]), signature));
  const lines = Buffer.from(cert).toString('base64').replace(/.{64}/g, '$&\n');
  return { cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}
