import { certificateRefused } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { ofCallee, surgesWith } from '../../../lib/error-texts.ts';

/** The records are the condition: it is told twice, and explained once. */
export const errorsFromCertificate = defineMechanism({
  ...surgesWith(certificateRefused),
  id: 'logs/errors-from-certificate',
  title: 'a certificate is not accepted, and each handshake that fails is logged',
  because: 'the caller logs an error for each handshake that failed',
  refutes: [],
  rivals: [],
  culprits: ofCallee,
  acceptedFalsePositives: ['probes that leave in the middle of a handshake, where their alert is one of a certificate'],
});
