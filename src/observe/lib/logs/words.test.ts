import { describe, expect, it } from 'vitest';
import { wordsOf } from './words.ts';

describe('what a program says when it begins to serve', () => {
  it.each(['listening', 'Listening and serving HTTP on :8080', 'orders listening on 127.0.0.1:8080', 'hub: listening on :80', 'server started', 'api server listening'])(
    '%s',
    (text) => expect(wordsOf(text).listening).toBe(true),
  );
  it.each(['stopped listening on :8080', 'failed to listen', 'cannot listening', 'not listening', 'consumer started', 'user is listening to music on port 80'])(
    'near miss: %s',
    (text) => expect(wordsOf(text).listening).toBe(false),
  );
  it.each(['starting', 'store starting', 'accounts up', 'shop is ready'])('%s, if an address stands beside it', (text) => expect(wordsOf(text).started).toBe(true));
  it.each(['client up', 'consumer started', 'worker starting', 'starting migration', 'started processing order', 'reconnecting starting'])('near miss: %s', (text) =>
    expect(wordsOf(text).started).toBe(false),
  );
});
