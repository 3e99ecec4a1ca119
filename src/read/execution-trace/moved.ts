/** A column that grows: what it held stands at the begin of a larger one. */
export function moved<A extends Uint8Array | Int32Array | Float64Array>(to: A, from: A): A {
  to.set(from);
  return to;
}
