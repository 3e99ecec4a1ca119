/** A server's ReadTimeout as a culprit, and what stops its harm. */
import { readTimeoutTooShort } from '../../model/conditions/error-texts.ts';
import { type Culprit, isKind, type Link } from '../../model/index.ts';
import { durationText } from './durations.ts';

export const readTimeoutOf = (link: Link) => (link.causes[0] != null && isKind(link.causes[0], readTimeoutTooShort) ? link.causes[0].facts : null);

export const readTimeoutCulprit = (link: Link): readonly Culprit[] => {
  const c = readTimeoutOf(link);
  return c === null ? [] : [{ kind: 'config', ref: `ReadTimeout of ${c.service}${c.seconds === null ? '' : ` = ${durationText(c.seconds)}`}` }];
};

export const readTimeoutMitigation = (link: Link): string | null =>
  readTimeoutOf(link) === null
    ? null
    : `raise ReadTimeout of ${readTimeoutOf(link)?.service}, or set ReadHeaderTimeout instead and a deadline for each upload (http.ResponseController.SetReadDeadline)`;
