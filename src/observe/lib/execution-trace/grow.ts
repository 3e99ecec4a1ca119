/** Columns that grow by doubling. */

export function wider<A extends Float64Array | Int32Array | Int8Array | Uint8Array>(from: A, room: number, fill = 0): A {
  const to = new (from.constructor as new (n: number) => A)(room);
  to.set(from);
  if (fill !== 0) to.fill(fill, from.length);
  return to;
}

/** The least power of two that holds `n`, not less than `from`. */
export function roomFor(n: number, from: number): number {
  let room = Math.max(16, from);
  while (room < n) room *= 2;
  return room;
}
