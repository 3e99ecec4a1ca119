import { mapLeftOut } from '../../../../model/conditions/source.ts';
import { type Ask, type Culprit, defineMechanism, enclosingFunction, goFunction, type Link } from '../../../../model/index.ts';
import { failedInDependency, functionOf, lineOf, mitigation, ofClass, siteFact, siteText, textNamesTheLine } from '../../../lib/crash-site.ts';

/** Where the source leaves no doubt which value came without its map, the place that makes it is worth a look as well. */
function maker(link: Link, ask: Ask): readonly Culprit[] {
  const answer = ask.look(mapLeftOut, goFunction(enclosingFunction(siteText(link, 'function'))));
  if (answer.state !== 'observed') return [];
  const line = Number(siteFact(link, 'line'));
  const places = answer.conditions.filter((c) => c.facts.writeLine <= line && line <= c.facts.writeEndLine);
  const only = places[0];
  return only === undefined || places.length > 1 ? [] : [{ kind: 'code', function: only.facts.function, file: only.facts.file, line: only.facts.line }];
}

const shared = ofClass('nil-map-write');

/** A map that was declared and never made can be read, not written. */
export const nilMapWrite = defineMechanism({
  ...shared,
  id: 'go/nil-map-write',
  title: 'a value is written into a map that was never made',
  because: (link) => `${functionOf(link)} assigns to a map that is nil at ${lineOf(link)}: reading a nil map is allowed, writing panics`,
  requires: [],
  confirms: [textNamesTheLine],
  refutes: [failedInDependency],
  rivals: [],
  status: 'established',
  culprits: (link, ask) => [...shared.culprits(link, ask), ...maker(link, ask)],
  mitigation,
  acceptedFalsePositives: ['the map should have been made elsewhere: the line is where it shows, the omission may lie in a constructor'],
});
