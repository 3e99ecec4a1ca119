/** One to eight small injuries: flips, cuts, repeats, insertions. */
export function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  let out: Uint8Array = bytes.slice();
  const injuries = 1 + Math.floor(random() * 8);
  for (let i = 0; i < injuries && out.length > 0; i++) {
    const at = Math.floor(random() * out.length);
    switch (Math.floor(random() * 5)) {
      case 0:
        out[at] = Math.floor(random() * 256);
        break;
      case 1:
        out[at] = (out[at] ?? 0) ^ (1 << Math.floor(random() * 8));
        break;
      case 2:
        out = joinBytes(out.subarray(0, at), out.subarray(Math.min(out.length, at + 1 + Math.floor(random() * 64))));
        break;
      case 3:
        out = joinBytes(out.subarray(0, at), out.subarray(Math.max(0, at - 1 - Math.floor(random() * 64)), at), out.subarray(at));
        break;
      default:
        out = joinBytes(
          out.subarray(0, at),
          Uint8Array.from({ length: 1 + Math.floor(random() * 4) }, () => Math.floor(random() * 256)),
          out.subarray(at),
        );
    }
  }
  return out;
}

function joinBytes(...parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}
