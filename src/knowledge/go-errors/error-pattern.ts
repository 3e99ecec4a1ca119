/** What is known of one error text: the text itself, who writes it, what it means and what it does not, and how its causes are told apart. */

/** What a service can do about it is the same within a class; observers count by it. */
export type ErrorClass =
  | 'deadline'
  | 'canceled'
  | 'refused'
  | 'unreachable'
  | 'reset'
  | 'closed'
  | 'dns'
  | 'tls'
  | 'pool'
  | 'files'
  | 'overload'
  | 'shutdown'
  | 'crash'
  | 'data'
  | 'configuration'
  | 'misuse'
  | 'answer';

/** A file that writes the text, or a part of it. `holds` is the part that stands in this file; without it, the template's longest literal. */
export interface ErrorSource {
  /** Module path; null: the standard library. */
  readonly module: string | null;
  readonly file: string;
  /** The function or variable, as Go names it: `(*OpError).Error`. */
  readonly symbol: string;
  readonly holds?: string;
}

export interface ErrorPattern {
  /** `<package>/<name>`; stable. */
  readonly id: string;
  /** Literal text with typed holes: `dial <network:word> <address:token>: i/o timeout`. See template.ts. */
  readonly text: string;
  readonly class: ErrorClass;
  readonly by: readonly ErrorSource[];
  readonly means: string;
  /** What people take it for. */
  readonly isNot: string;
  /** Usual causes, each with the evidence that tells it from the others. */
  readonly causes: readonly { readonly cause: string; readonly seenBy: string }[];
  readonly next: string;
  /** A text very like it that must not match. */
  readonly nearMiss: string;
  /** Patterns that its text contains: an i/o timeout of a dial is also an i/o timeout. */
  readonly contains?: readonly string[];
  /** What must not stand directly before or after: "EOF" is not "unexpected EOF". */
  readonly notAfter?: readonly string[];
  readonly notBefore?: readonly string[];
}

/** A pattern with what was recorded of it. */
export interface GoError extends ErrorPattern {
  /** Written by a program in go/zoo or go/zoo-clients. */
  readonly sample: string;
  readonly versions: readonly SourceVersions[];
}

export interface SourceVersions {
  readonly source: ErrorSource;
  /** First and last version in which the text was found in that file, of those that were looked at; a module has one. */
  readonly from: string;
  readonly to: string;
}

export const std = (file: string, symbol: string, holds?: string): ErrorSource => ({ module: null, file, symbol, ...(holds === undefined ? {} : { holds }) });

/** The files of one module. */
export const moduleSource =
  (module: string) =>
  (file: string, symbol: string, holds?: string): ErrorSource => ({ module, file, symbol, ...(holds === undefined ? {} : { holds }) });

export const sourceKey = (s: ErrorSource, text: string): string => `${s.module === null ? '' : `${s.module} `}${s.file} ${s.symbol} ${s.holds ?? text}`;

export const cause = (what: string, seenBy: string): { readonly cause: string; readonly seenBy: string } => ({ cause: what, seenBy });
