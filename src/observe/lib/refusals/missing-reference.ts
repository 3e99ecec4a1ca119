/**
 * Texts of the kubelet that name an object or key it could not find.
 *   env, envFrom (pkg/kubelet/kubelet_pods.go):       configmap "c" not found · couldn't find key K in ConfigMap ns/c · secret "s" not found
 *   volumes (pkg/volume/configmap, secret, projected): MountVolume.SetUp failed for volume "v" : configmap "c" not found
 *                                                      configmap references non-existent config key: K · references non-existent secret key: K
 *   claims (scheduler, kubelet):                       persistentvolumeclaim "p" not found
 * The message states absence at that moment: an object created later heals by itself.
 */
export interface MissingReference {
  readonly object: 'configmap' | 'secret' | 'persistentvolumeclaim' | 'serviceaccount';
  readonly name: string | null;
  readonly key: string | null;
  readonly volume: string | null;
}

export function parseMissingReference(message: string): MissingReference | null {
  const text = message.slice(0, 4096);
  const volume = /for volume "([^"]{1,253})"/.exec(text)?.[1] ?? null;
  const key = /couldn't find key (\S{1,253}) in (ConfigMap|Secret) [^\s/]{1,253}\/(\S{1,253})/.exec(text);
  if (key !== null) return { object: key[2] === 'Secret' ? 'secret' : 'configmap', name: trimmed(key[3]), key: key[1] ?? null, volume };
  const noKey = /(config|secret) references non-existent (?:config|secret) key: (\S{1,253})|references non-existent (config|secret) key: (\S{1,253})/.exec(text);
  if (noKey !== null) return { object: (noKey[1] ?? noKey[3]) === 'secret' ? 'secret' : 'configmap', name: null, key: noKey[2] ?? noKey[4] ?? null, volume };
  const object = /(configmap|secret|persistentvolumeclaim|serviceaccount)s? "([^"]{1,253})" not found/.exec(text);
  if (object !== null) return { object: object[1] as MissingReference['object'], name: object[2] ?? null, key: null, volume };
  return null;
}

const trimmed = (text: string | undefined): string | null => text?.replace(/[.,;:]+$/, '') ?? null;
