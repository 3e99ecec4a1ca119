/** Kubernetes quantities as apimachinery writes them: 128Mi, 1Gi, 500m, 1e3, 2. Bytes or cores as a number; null when it is none. */
const SUFFIX: { readonly [suffix: string]: number } = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

export function parseQuantity(text: string | null): number | null {
  if (text === null || text.length > 40) return null;
  const m = /^([+-]?\d+(?:\.\d+)?)(?:([eE][+-]?\d{1,2})|([numkMGTPE]|[KMGTPE]i)?)$/.exec(text.trim());
  if (m === null) return null;
  if (m[2] !== undefined) return Number(`${m[1]}${m[2]}`);
  const factor = SUFFIX[m[3] ?? ''];
  return factor === undefined ? null : Number(m[1]) * factor;
}
