import { madeAnew } from '../../../../model/conditions/source.ts';
import { defineMechanism, enclosingFunction } from '../../../../model/index.ts';
import { bySpent, onItsLines } from '../../../lib/cpu.ts';

const PARSES = /^(?:html|text)\/template\.(?:\(\*Template\)\.Parse|Parse)/;
/** Once for each template, at its first execution. */
const ESCAPES = 'html/template.(*Template).escape';

/** A template is parsed (and, with html/template, escaped) again for each page. */
export const templatePerCall = defineMechanism({
  ...bySpent({
    kind: madeAnew,
    accept: (site) => PARSES.test(site.calls ?? '') || site.calls === ESCAPES,
    tie: (cause, frame, site) =>
      cause.facts.what === 'template' &&
      (onItsLines(cause, frame) || (site.facts.calls === ESCAPES && enclosingFunction(site.facts.function) === enclosingFunction(cause.facts.function))),
    shows: ['call'],
  }),
  id: 'runtime/template-per-call',
  title: 'the same template is parsed with each call',
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `${String(f?.['call'])} at line ${f?.['line']} parses ${f?.['of']}, which never changes, each time the function is called; a parsed template can be executed by all goroutines at a time`;
  },
  rivals: [],
  acceptedFalsePositives: ['templates that are read anew so that they can be edited while the service runs: meant, and still what takes the CPU'],
});
