/** Error texts of Go programs: what they are, what they mean, how their causes are told apart. Written texts in, patterns out; see prove.ts. */
export { type CloseError, closestPatterns } from './closest.ts';
export type { ErrorClass, ErrorPattern, GoError } from './error-pattern.ts';
export { GO_ERRORS } from './list.ts';
export { ERROR_ANCHOR_PATTERNS, ERROR_ANCHORS, type ErrorMatch, innermostError, matchErrorText, outerMatches } from './match.ts';
