/** A stack below one of these answers a request: net/http (1 and 2), gRPC and fasthttp call handlers from there. */
const SERVES = new Set([
  'net/http.(*conn).serve',
  'net/http.(*http2serverConn).runHandler',
  'golang.org/x/net/http2.(*serverConn).runHandler',
  'google.golang.org/grpc.(*Server).handleStream',
  'google.golang.org/grpc.(*Server).processUnaryRPC',
  'github.com/valyala/fasthttp.(*Server).serveConn',
]);

/** A function below which a request is answered. */
export const serves = (symbol: string): boolean => SERVES.has(symbol);

export const answersRequest = (frames: readonly { readonly function: string }[]): boolean => frames.some((f) => serves(f.function));
