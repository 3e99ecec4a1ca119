/** Ends a process that was started here, by its id: asked first, made to after a while. */
import type { ChildProcess } from 'node:child_process';

export function endChild(child: ChildProcess, hardAfterMs: number): Promise<void> {
  // one that never started has no id, and never exits
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    const hard = setTimeout(() => child.kill('SIGKILL'), hardAfterMs);
    child.once('exit', () => {
      clearTimeout(hard);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
