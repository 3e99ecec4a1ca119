/**
 * Why a created container could not be started: texts of runc and crun, wrapped by containerd, docker and CRI-O. Waiting reasons
 * RunContainerError, CreateContainerError; terminated reason StartError or ContainerCannotRun (exit 126, 127 or 128).
 *   … runc create failed: unable to start container process: exec: "/serverr": stat /serverr: no such file or directory: unknown
 *   … exec: "server": executable file not found in $PATH: unknown      · crun: executable file `server` not found in $PATH
 *   … exec /app: exec format error                                     (binary for another platform)
 */
export type StartFailure = 'command-not-found' | 'not-executable' | 'wrong-platform' | 'memory-too-small' | 'name-conflict' | 'other';

export function startFailure(message: string): StartFailure {
  const text = message.slice(0, 8192);
  if (/exec format error/.test(text)) return 'wrong-platform';
  if (/container init was OOM-killed|memory limit too low/.test(text)) return 'memory-too-small';
  if (/executable file (?:`[^`]{0,300}` )?not found in \$PATH/.test(text)) return 'command-not-found';
  if (/exec: "[^"]{0,300}": stat [^:]{0,300}: no such file or directory/.test(text)) return 'command-not-found';
  if (/(?:unable to start container process|crun|exec)[\s\S]{0,400}no such file or directory/.test(text) && !/mount|rootfs/.test(text)) return 'command-not-found';
  if (/exec[\s\S]{0,300}permission denied/.test(text)) return 'not-executable';
  if (/is already in use|reserved for id/.test(text)) return 'name-conflict';
  return 'other';
}

/** The command the runtime could not run. */
export const commandInMessage = (message: string): string | null =>
  /exec: "([^"]{1,300})"|executable file `([^`]{1,300})`/
    .exec(message)
    ?.slice(1)
    .find((x) => x !== undefined) ?? null;

/** Waiting reasons that mean "the container was not created or started" (pkg/kubelet/kuberuntime, pkg/kubelet/container). */
export const NOT_STARTED_REASONS: ReadonlySet<string> = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'PreCreateHookError',
  'PreStartHookError',
  'PostStartHookError',
  'CrashLoopBackOff:StartError',
]);

/** Terminated reasons with which a program never ran. */
export const NEVER_RAN_REASONS: ReadonlySet<string> = new Set(['StartError', 'ContainerCannotRun']);
