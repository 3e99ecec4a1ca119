import { defineKind } from '../condition.ts';

export const openFilesGrowing = defineKind<{
  fromCount: number;
  toCount: number;
  perMinute: number;
  /** process_max_fds, where it was captured. */
  limit: number | null;
  /** [seconds, open files] at the times of the samples, the last ones where there are many. */
  curve: readonly (readonly [number, number])[];
}>({
  id: 'process/open-files-growing',
  title: 'the number of open files grows',
  explain:
    'process_open_fds grows over the life of the process and does not come back, judged against demand where request rates are known. Files, sockets and pipes count alike; in a service most are connections. At process_max_fds nothing can be opened any more: "too many open files".',
  symptom: 'outgrowing',
  next: 'query_range of process_open_fds; ss -tanp on the node',
});
