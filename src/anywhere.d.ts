// What every place this code runs in has, and ECMAScript's own library does not declare. Used where neither Node's nor the DOM's types are
// (tsconfig.anywhere.json): whatever is missing here must not be used there.

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input?: ArrayBufferView | ArrayBuffer, options?: { stream?: boolean }): string;
}

declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
  encodeInto(source: string, destination: Uint8Array): { read: number; written: number };
}

declare function atob(data: string): string;
