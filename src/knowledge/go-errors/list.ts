/** Every pattern with its recorded sample. A pattern without a sample, or a sample without a pattern, is no member: prove.ts says which. */
import type { ErrorPattern, GoError } from './error-pattern.ts';
import { sourceKey } from './error-pattern.ts';
import { clientGo } from './patterns/client-go.ts';
import { context } from './patterns/context.ts';
import { crypto } from './patterns/crypto.ts';
import { databaseSql } from './patterns/database-sql.ts';
import { encoding } from './patterns/encoding.ts';
import { grpcStatus } from './patterns/grpc-status.ts';
import { io } from './patterns/io.ts';
import { kafka } from './patterns/kafka.ts';
import { net } from './patterns/net.ts';
import { netHttpClient } from './patterns/net-http-client.ts';
import { netHttpServer } from './patterns/net-http-server.ts';
import { os } from './patterns/os.ts';
import { runtime } from './patterns/runtime.ts';
import { stores } from './patterns/stores.ts';
import { SAMPLES, SOURCES } from './samples.ts';
import { parseTemplate } from './template.ts';

export const ERROR_PATTERNS: readonly ErrorPattern[] = [
  ...runtime,
  ...context,
  ...netHttpClient,
  ...netHttpServer,
  ...net,
  ...crypto,
  ...databaseSql,
  ...encoding,
  ...os,
  ...io,
  ...grpcStatus,
  ...clientGo,
  ...stores,
  ...kafka,
];

/** The part of a template that its source holds, where the source does not say. */
export const longestLiteral = (text: string): string => parseTemplate(text).pieces.reduce<string>((best, p) => (typeof p === 'string' && p.length > best.length ? p : best), '');

export const GO_ERRORS: readonly GoError[] = ERROR_PATTERNS.flatMap((p) => {
  const sample = SAMPLES[p.id];
  if (sample === undefined) return [];
  const versions = p.by.flatMap((source) => {
    const seen = SOURCES[sourceKey(source, longestLiteral(p.text))];
    return seen === undefined ? [] : [{ source, from: seen[0], to: seen[1] }];
  });
  return [{ ...p, sample, versions }];
});
