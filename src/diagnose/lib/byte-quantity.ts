/** Memory quantities as templates write them; the suffixes of apimachinery that occur for memory. */
const FACTOR: { readonly [suffix: string]: number } = { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

export function bytesOf(text: string): number | null {
  const m = /^(\d{1,18}(?:\.\d{1,9})?)([kMGT]|[KMGT]i)?$/.exec(text.trim());
  return m === null ? null : Number(m[1]) * (FACTOR[m[2] ?? ''] ?? 1);
}
