/**
 * Why the API server refused to create a pod: texts of its admission plugins, as controllers repeat them in events FailedCreate and in
 * condition ReplicaFailure.
 *   quota plugin:       pods "x" is forbidden: exceeded quota: Q, requested: R=1Gi, used: R=7Gi, limited: R=8Gi
 *                       pods "x" is forbidden: failed quota: Q: must specify limits.memory for: c
 *   LimitRanger:        pods "x" is forbidden: [maximum memory usage per Container is 1Gi, but limit is 2Gi, …]
 *   webhooks:           admission webhook "W" denied the request: …      ·  failed calling webhook "W": …
 *   policies:           ValidatingAdmissionPolicy 'P' with binding 'B' denied request: …
 *   PodSecurity:        pods "x" is forbidden: violates PodSecurity "restricted:latest": …
 *   ServiceAccount:     pods "x" is forbidden: error looking up service account ns/sa: serviceaccount "sa" not found
 */
export interface CreationRefusal {
  readonly reason: 'quota' | 'admission' | 'limit-range' | 'other';
  readonly quota: string | null;
  /** The resources that do not fit, with what was asked, used and allowed. */
  readonly resources: readonly { readonly resource: string; readonly requested: string; readonly used: string; readonly limited: string }[];
  /** Webhook, policy or service account named in the text. */
  readonly by: string | null;
  /** The refusal comes from a webhook that did not answer: an outage, not a policy. */
  readonly unanswered: boolean;
}

const amounts = (text: string | undefined): Map<string, string> => {
  const out = new Map<string, string>();
  for (const pair of (text ?? '').split(',')) {
    const cut = pair.indexOf('=');
    if (cut > 0) out.set(pair.slice(0, cut).trim(), pair.slice(cut + 1).trim());
  }
  return out;
};

export function parseCreationRefusal(message: string): CreationRefusal {
  const text = message.slice(0, 16 * 1024);
  const none = { quota: null, resources: [], by: null, unanswered: false };
  const quota = /exceeded quota: ([^\s,]{1,253})(?:, requested: (.{0,2000}?), used: (.{0,2000}?), limited: (.{0,2000}))?$/m.exec(text);
  if (quota !== null) {
    const requested = amounts(quota[2]);
    const used = amounts(quota[3]);
    const limited = amounts(quota[4]);
    const resources = [...requested].map(([resource, amount]) => ({ resource, requested: amount, used: used.get(resource) ?? '', limited: limited.get(resource) ?? '' }));
    return { ...none, reason: 'quota', quota: quota[1] ?? null, resources };
  }
  const failedQuota = /failed quota: ([^\s:]{1,253}): must specify ([^\s,]{1,253})/.exec(text);
  if (failedQuota !== null)
    return { ...none, reason: 'quota', quota: failedQuota[1] ?? null, resources: [{ resource: failedQuota[2] ?? '', requested: '', used: '', limited: '' }] };
  const bound = /(?:maximum|minimum) (\S{1,100}) usage per (?:Container|Pod) is [^,]{1,60}, but|max limit to request ratio|(?:maximum|minimum) (\S{1,100}) usage per/.exec(text);
  if (bound !== null) return { ...none, reason: 'limit-range', by: bound[1] ?? bound[2] ?? null };
  const webhook = /admission webhook "([^"]{1,253})" denied/.exec(text);
  if (webhook !== null) return { ...none, reason: 'admission', by: webhook[1] ?? null };
  const failing = /failed calling webhook "([^"]{1,253})"/.exec(text);
  if (failing !== null) return { ...none, reason: 'admission', by: failing[1] ?? null, unanswered: true };
  const policy = /ValidatingAdmissionPolicy '([^']{1,253})'/.exec(text);
  if (policy !== null) return { ...none, reason: 'admission', by: policy[1] ?? null };
  const security = /violates PodSecurity "([^"]{1,100})"/.exec(text);
  if (security !== null) return { ...none, reason: 'admission', by: `PodSecurity ${security[1] ?? ''}` };
  const account = /error looking up service account [^\s:]{1,500}: serviceaccount "([^"]{1,253})" not found/.exec(text);
  if (account !== null) return { ...none, reason: 'other', by: `serviceaccount/${account[1] ?? ''}` };
  return { ...none, reason: 'other' };
}
