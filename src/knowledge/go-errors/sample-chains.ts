/**
 * Recorded samples that are chains: the text wraps errors of other patterns, or is wrapped by them. The proof holds each sample to exactly
 * its own pattern, what that contains by its own words, and these.
 */
export const SAMPLE_CHAINS: Readonly<Record<string, readonly string[]>> = {
  'net-http/malformed-http-response': ['net-http/transport-connection-broken'],
  'net-http/malformed-http-status-code': ['net-http/transport-connection-broken'],
  'net-http/response-headers-exceeded': ['net-http/transport-connection-broken'],
  'net-http/tls-handshake-error': ['io/eof'],
  'net-http/client-sent-http-to-https': ['net-http/tls-handshake-error'],
  'net-http/accept-error-retrying': ['os/too-many-open-files'],
  'database-sql/converting-null': ['database-sql/scan-error'],
  'grpc-status/deadline-exceeded': ['context/deadline-exceeded'],
  'grpc-status/canceled': ['context/canceled'],
  'grpc-status/error-while-dialing': ['grpc-status/unavailable', 'net/dial-connection-refused', 'net/connection-refused'],
  'grpc-status/waiting-for-connections': ['grpc-status/deadline-exceeded'],
  'grpc-status/unknown-service': ['grpc-status/unimplemented'],
  'grpc-status/method-not-implemented': ['grpc-status/unimplemented'],
  'grpc-status/message-larger-than-max': ['grpc-status/resource-exhausted'],
  'grpc-status/client-connection-closing': ['grpc-status/canceled'],
  'grpc-status/error-reading-from-server': ['grpc-status/unavailable', 'io/eof'],
  'grpc-status/prior-goaway': ['grpc-status/unavailable', 'grpc-status/error-reading-from-server', 'io/eof'],
  'grpc-status/error-reading-server-preface': ['grpc-status/unavailable', 'net-http/h2-frame-looked-like-http1'],
  'grpc-status/authentication-handshake-failed': ['grpc-status/unavailable', 'crypto-tls/first-record-not-tls'],
  'grpc-status/zero-addresses': ['grpc-status/unavailable'],
  'postgres/failed-to-connect': ['net/dial-connection-refused', 'net/connection-refused'],
  'postgres/role-does-not-exist': ['postgres/failed-to-connect'],
  'postgres/database-does-not-exist': ['postgres/failed-to-connect'],
  'kafka/sarama-out-of-brokers': ['net/dial-connection-refused', 'net/connection-refused'],
  'kafka/kafka-go-failed-to-dial': ['net/dial-connection-refused', 'net/connection-refused'],
};
