/**
 * Why an image was not pulled, by the text the container runtime handed to the kubelet.
 * containerd wraps the registry's answer in "failed to resolve reference", CRI-O in "initializing source … reading manifest", docker in
 * "manifest for … not found"; the registry's own words are the same in all three. The order matters: a TLS or network failure on the way to
 * an authorisation server must not read as missing rights, and "pull access denied, repository does not exist or may require authorization"
 * is what Docker Hub says for both: it does not decide that the reference is wrong.
 */
export type ImagePullClass = 'not-found' | 'unauthorized' | 'x509' | 'timeout' | 'rate-limit' | 'platform' | 'name' | 'never-pull' | 'unreachable' | 'unknown';

export interface PullText {
  readonly class: ImagePullClass;
  /** Lower-case needles; all must be there. */
  readonly needles: readonly string[];
  readonly writtenBy: string;
}

export const PULL_TEXTS: readonly PullText[] = [
  { class: 'never-pull', needles: ['not present with pull policy of never'], writtenBy: 'kubelet pkg/kubelet/images' },
  { class: 'name', needles: ["couldn't parse image name"], writtenBy: 'kubelet pkg/kubelet/images' },
  { class: 'name', needles: ['failed to apply default image tag'], writtenBy: 'kubelet pkg/kubelet/images' },
  { class: 'name', needles: ['invalid reference format'], writtenBy: 'distribution/reference, all runtimes' },
  { class: 'x509', needles: ['x509:'], writtenBy: 'Go crypto/x509 in the runtime' },
  { class: 'x509', needles: ['tls: failed to verify certificate'], writtenBy: 'Go crypto/tls in the runtime' },
  { class: 'x509', needles: ['http: server gave http response to https client'], writtenBy: 'Go net/http in the runtime' },
  { class: 'rate-limit', needles: ['toomanyrequests'], writtenBy: 'registry (Docker Hub and others)' },
  { class: 'rate-limit', needles: ['429 too many requests'], writtenBy: 'runtime, from the registry status' },
  { class: 'rate-limit', needles: ['pull qps exceeded'], writtenBy: 'kubelet pkg/kubelet/images' },
  { class: 'platform', needles: ['no match for platform in manifest'], writtenBy: 'containerd' },
  { class: 'platform', needles: ['no matching manifest for'], writtenBy: 'docker' },
  { class: 'platform', needles: ['no image found in manifest list for architecture'], writtenBy: 'CRI-O (containers/image)' },
  { class: 'platform', needles: ['no image found in image index for architecture'], writtenBy: 'CRI-O (containers/image)' },
  { class: 'unreachable', needles: ['no such host'], writtenBy: 'Go net in the runtime' },
  { class: 'unreachable', needles: ['connection refused'], writtenBy: 'Go net in the runtime' },
  { class: 'unreachable', needles: ['no route to host'], writtenBy: 'Go net in the runtime' },
  { class: 'unreachable', needles: ['network is unreachable'], writtenBy: 'Go net in the runtime' },
  { class: 'unreachable', needles: ['server misbehaving'], writtenBy: 'Go net in the runtime' },
  { class: 'unreachable', needles: ['503 service unavailable'], writtenBy: 'runtime, from the registry status' },
  { class: 'unreachable', needles: ['502 bad gateway'], writtenBy: 'runtime, from the registry status' },
  { class: 'timeout', needles: ['i/o timeout'], writtenBy: 'Go net in the runtime' },
  { class: 'timeout', needles: ['tls handshake timeout'], writtenBy: 'Go net/http in the runtime' },
  { class: 'timeout', needles: ['context deadline exceeded'], writtenBy: 'Go context in the runtime or the kubelet' },
  { class: 'timeout', needles: ['client.timeout exceeded'], writtenBy: 'Go net/http in the runtime' },
  { class: 'unauthorized', needles: ['unauthorized'], writtenBy: 'registry or runtime' },
  { class: 'unauthorized', needles: ['pull access denied'], writtenBy: 'containerd, docker' },
  { class: 'unauthorized', needles: ['insufficient_scope'], writtenBy: 'registry token server' },
  { class: 'unauthorized', needles: ['authentication required'], writtenBy: 'registry' },
  { class: 'unauthorized', needles: ['no basic auth credentials'], writtenBy: 'containerd, docker (ECR)' },
  { class: 'unauthorized', needles: ['403 forbidden'], writtenBy: 'runtime, from the registry status' },
  { class: 'unauthorized', needles: ['requested access to the resource is denied'], writtenBy: 'registry' },
  { class: 'not-found', needles: ['manifest unknown'], writtenBy: 'registry; docker, CRI-O and containerd pass it on' },
  { class: 'not-found', needles: ['manifest for', 'not found'], writtenBy: 'docker' },
  { class: 'not-found', needles: ['name unknown'], writtenBy: 'registry' },
  { class: 'not-found', needles: ['failed to resolve', 'not found'], writtenBy: 'containerd' },
  { class: 'not-found', needles: ['code = notfound'], writtenBy: 'containerd over CRI' },
  { class: 'not-found', needles: ['404 not found'], writtenBy: 'runtime, from the registry status' },
];

/** Waiting reasons of the kubelet that mean "the image is not there", with the class the reason alone decides. */
export const PULL_REASONS: { readonly [reason: string]: ImagePullClass | null } = {
  ErrImagePull: null,
  ImagePullBackOff: null,
  ImageInspectError: null,
  InvalidImageName: 'name',
  ErrImageNeverPull: 'never-pull',
  RegistryUnavailable: 'unreachable',
  SignatureValidationFailed: null,
};

export function imagePullClass(message: string, reason: string | null): ImagePullClass {
  const byReason = reason === null ? undefined : PULL_REASONS[reason];
  if (byReason !== undefined && byReason !== null) return byReason;
  const text = message.toLowerCase();
  for (const row of PULL_TEXTS) if (row.needles.every((n) => text.includes(n))) return row.class;
  return 'unknown';
}

/** The kubelet's BackOff text names the image but not why: another event or status must tell. */
export const isBackOffText = (message: string): boolean => /^Back-off pulling image "[^"]{0,500}"$/.test(message.trim());

/** Failed to pull image "registry/x:tag": … and Back-off pulling image "…". */
export const imageInMessage = (message: string): string | null => /(?:[Pp]ull(?:ing)? image|[Cc]ontainer image|parse image name) "([^"]{1,500})"/.exec(message)?.[1] ?? null;
