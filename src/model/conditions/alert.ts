import { defineKind } from '../condition.ts';

/** A rule fired and somebody was told. It says where harm was seen, not who did it. */
export const alertFiring = defineKind<{
  name: string;
  labels: { [name: string]: string };
  /** PromQL of the rule, when the rules were captured. */
  expr: string | null;
  /** The rule's `for`, seconds; onset of the harm is about startsAt − for. */
  forSeconds: number | null;
  summary: string;
}>({
  id: 'alert/firing',
  title: 'an alert is firing',
  explain:
    'An Alertmanager notification or a Prometheus alert in state firing. startsAt is not the onset of the harm: the rule had to be true for its `for` first, so the onset reaches back by that time and one scrape. Pending alerts are not symptoms.',
  symptom: 'harm',
  tellsOnly: true,
  next: 'curl -s http://ALERTMANAGER/api/v2/alerts > alerts.json',
});
