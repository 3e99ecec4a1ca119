/**
 * Texts with which Go programs ask for a setting they do not have. Only such as name it: NAME in capitals, a flag, a quoted key.
 *   DATABASE_URL is required · environment variable API_KEY not set · env: required environment variable "DB" is not set (caarlos0/env)
 *   required key DATABASE_URL missing value (envconfig) · required flag(s) "db-url" not set (cobra) · missing required env PORT
 */
const NAME = '["\'`$]{0,2}([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[A-Z]{3,64})["\'`]?';
const STATES = '(?:is |was |are |must be |has )?(?:required|not set|unset|missing|empty|undefined|not provided|not defined|not specified|set(?= *$|[.;,!]))';
const FORMS: readonly RegExp[] = [
  new RegExp(`(?:env(?:ironment)? ?(?:variable|var)?s?:? )${NAME}:? ${STATES}`),
  new RegExp(
    `(?:missing|required|no|set|undefined|empty)(?: required| mandatory)? (?:env(?:ironment)?|setting|config(?:uration)?|key)(?: ?(?:variable|var|value|key))?:? ${NAME}(?![A-Za-z])`,
  ),
  new RegExp(
    `${NAME}(?: env(?:ironment)?(?: variable| var)?| variable)?:? (?:is |was |must be |has to be )(?:required|not set|unset|missing|empty|undefined|not provided|not specified|set\\b)`,
  ),
  new RegExp(`${NAME}(?: env(?:ironment)?(?: variable| var)?| variable)? (?:not set|missing|required)`),
  new RegExp(`required key ${NAME} missing value`),
];
const FLAG = /required flag\(s\) "([a-z][a-z0-9-]{0,63})"/;
/** Words in capitals that are no settings. */
const NO_SETTING = new Set([
  'HTTP',
  'HTTPS',
  'GET',
  'POST',
  'PUT',
  'DELETE',
  'TLS',
  'TCP',
  'UDP',
  'JSON',
  'YAML',
  'SQL',
  'URL',
  'EOF',
  'DNS',
  'CPU',
  'RAM',
  'ERROR',
  'FATAL',
  'INFO',
  'WARN',
  'WARNING',
  'PANIC',
  'DEBUG',
]);

export function settingAskedFor(message: string): string | null {
  const text = message.slice(0, 600);
  const flag = FLAG.exec(text)?.[1];
  if (flag !== undefined) return `--${flag}`;
  for (const form of FORMS) {
    const name = form.exec(text)?.[1];
    if (name !== undefined && !NO_SETTING.has(name)) return name;
  }
  return null;
}
