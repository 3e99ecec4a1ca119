/** Flags that more than one command takes. */
import type { FlagRecord, FlagValues } from './command.ts';

export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export const VERDICTS = ['confirmed', 'supported', 'associated', 'unproven'] as const;

export const COLOUR: readonly FlagRecord[] = [
  { name: 'colour', type: 'switch', negates: true, says: 'colour, or --no-colour (else by NO_COLOR, FORCE_COLOR and the terminal)' },
  { name: 'color', type: 'switch', negates: true, says: 'colour', hidden: true },
];

export const FORMAT_FILE: FlagRecord = {
  name: 'format-file',
  type: 'text',
  placeholder: 'file.json',
  says: 'a log format of your own (docs/log-formats.md); also read from $XDG_CONFIG_HOME/gorca/log-formats/*.json',
  repeats: true,
};

export const OUTPUT: readonly FlagRecord[] = [
  { name: 'json', type: 'switch', says: 'the whole report as one JSON document (docs/report.schema.json)' },
  { name: 'markdown', type: 'switch', says: 'the report for an issue or a post-mortem' },
  { name: 'evidence', type: 'count', placeholder: 'n', says: 'the raw bytes of place [n] and what stands around them; with --json every byte, as text or base64' },
  { name: 'why-not', type: 'text', placeholder: 'mechanism', says: 'why this mechanism is not named, and what would have to be seen' },
  { name: 'redact', type: 'switch', says: 'without tokens, e-mail, IP addresses, home folders and label values but names of services and code; joins are kept' },
  { name: 'fail-on', type: 'choice', values: VERDICTS, placeholder: 'verdict', says: 'exit 1 when the first cause has this verdict or a stronger one' },
  ...COLOUR,
];

/** Where lines are taken from that lie in a store. */
export const STORE_FLAGS: readonly FlagRecord[] = [
  { name: 'loki', type: 'text', placeholder: 'url', says: 'lines that lie in this Loki: http://127.0.0.1:3100, with the prefix of a proxy' },
  { name: 'victorialogs', type: 'text', placeholder: 'url', says: 'rows that lie in this VictoriaLogs: http://127.0.0.1:9428; of a cluster a select node' },
  { name: 'limit', type: 'count', placeholder: 'n', says: 'lines at most from each store, the earliest (50000)' },
  { name: 'tenant', type: 'text', placeholder: 'id', says: 'tenant: X-Scope-OrgID of Loki, ACCOUNT:PROJECT of VictoriaLogs' },
  { name: 'token-env', type: 'text', placeholder: 'name', says: 'the variable that holds a bearer token; it is written nowhere' },
  { name: 'header', type: 'text', placeholder: 'name: value', says: 'a header for the store; it is written nowhere', repeats: true },
  { name: 'ca', type: 'text', placeholder: 'file', says: 'certificate of the authority that signed that of the store (PEM)' },
  { name: 'timeout', type: 'count', placeholder: 'seconds', says: 'wait so long for each answer (60)' },
];

export const JSON_VIEW = (schema: string): FlagRecord => ({ name: 'json', type: 'switch', says: `as one JSON document (${schema})` });

/** What asks stores is loaded only then. */
export const namesStore = (flags: FlagValues): boolean => typeof flags['loki'] === 'string' || typeof flags['victorialogs'] === 'string';
