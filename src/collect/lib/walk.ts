/** The regular files of a folder, in one order on every system. Links are followed only where they stay inside. */
import { type Dirent, readdirSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Problem } from '../../model/problem.ts';
import { compareNames } from './names.ts';
import { fileProblem } from './problems.ts';

export interface FoundFile {
  /** Relative to the folder, with '/'. */
  readonly path: string;
  readonly full: string;
}

const PASSED_OVER = new Set(['.git', '.hg', '.svn', 'node_modules']);
const IGNORED_FILES = new Set(['.DS_Store', 'Thumbs.db']);

export function walk(root: string, mostFiles: number, say: (p: Problem) => void): FoundFile[] {
  const real = realpathSync(root);
  const found: FoundFile[] = [];
  let left = mostFiles;

  const visit = (folder: string, under: string): void => {
    for (const entry of list(folder, under, say)) {
      const path = under === '' ? entry.name : `${under}/${entry.name}`;
      const full = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (PASSED_OVER.has(entry.name)) say(fileProblem('files/passed-over', `the folder ${path} was passed over`));
        else visit(full, path);
      } else if (entry.isFile()) {
        if (IGNORED_FILES.has(entry.name)) continue;
        if (left-- > 0) found.push({ path, full });
      } else if (entry.isSymbolicLink()) {
        linkProblem(full, path, real, say);
      } else say(fileProblem('files/not-a-file', `${path} is no regular file`));
    }
  };
  visit(real, '');
  if (left < 0) say(fileProblem('files/too-many', `${-left} files beyond the first ${mostFiles} were not read`));
  return found;
}

function list(folder: string, under: string, say: (p: Problem) => void): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => compareNames(a.name, b.name));
  } catch (error) {
    const denied = ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
    say(fileProblem(denied ? 'files/denied' : 'files/unreadable', `the folder ${under === '' ? folder : under} could not be listed`));
    return [];
  }
}

/** A target inside the folder is read under its own name, so a link needs nothing more, and loops cannot arise. */
function linkProblem(full: string, path: string, root: string, say: (p: Problem) => void): void {
  let target: string;
  try {
    target = realpathSync(full);
  } catch {
    say(
      fileProblem('files/link-leaves-folder', `the link ${path} leads nowhere`, {
        why: 'its target does not exist, or it is a loop of links',
        next: 'copy the target to where the link points',
      }),
    );
    return;
  }
  if (target !== root && !target.startsWith(root + sep)) say(fileProblem('files/link-leaves-folder', `the link ${path} leaves the folder and was not followed`));
}
