/** A value that a kernel found, as the text that a record says. */
import type { GroupText } from '../../../kernels/index.ts';
import { decodeText } from '../../../model/index.ts';
import { jsonText } from '../json-fields.ts';
import { goText } from '../logfmt-fields.ts';

const DECODERS: Readonly<Record<GroupText['coding'], (bytes: Uint8Array) => string>> = {
  raw: decodeText,
  json: (bytes) => jsonText(bytes, 0, bytes.length),
  go: (bytes) => goText(bytes, 0, bytes.length),
};

export const textOfBytes = ({ bytes, coding }: GroupText): string => DECODERS[coding](bytes);
