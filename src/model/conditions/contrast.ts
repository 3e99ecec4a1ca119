import { defineKind } from '../condition.ts';

/** What differs between the well and the sick window. Feeds a link only through a join stronger than time. */
export const contrast = defineKind<{
  what: 'pattern-new' | 'pattern-gone' | 'pattern-surging' | 'series-moved' | 'value-over-represented';
  subject: string;
  before: number;
  after: number;
  unit: string;
}>({
  id: 'contrast/differs',
  title: 'what differs between the well and the sick window',
  explain: 'Log patterns new, gone or surging; series that moved; field values over-represented. It says what differs, never why: verdict `associated`.',
  next: 'logs and metrics from a stretch before the incident',
});
