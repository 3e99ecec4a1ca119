/** What can be wrong with the files themselves, before any reader looks at them. */
import type { Problem } from '../../model/problem.ts';

interface FileProblem {
  readonly severity: Problem['severity'];
  readonly why: string;
  readonly next: string;
}

export const FILE_PROBLEMS = {
  'files/not-found': { severity: 'error', why: 'there is no file or folder of that name', next: 'check the name' },
  'files/denied': { severity: 'error', why: 'the system does not let this user read it', next: 'run as a user who may read it, or copy it first' },
  'files/unreadable': { severity: 'error', why: 'the system reported an error while reading it', next: 'copy the file again' },
  'files/empty-folder': { severity: 'warning', why: 'a folder without files holds no evidence', next: 'check that this is the folder that was meant' },
  'files/empty-file': { severity: 'note', why: 'a capture that wrote nothing usually failed', next: 'capture it again and look at what the command said' },
  'files/not-a-file': { severity: 'note', why: 'sockets, pipes and devices inside a folder are not read', next: 'write what it holds to a file' },
  'files/link-leaves-folder': {
    severity: 'warning',
    why: 'a link in a folder is followed only inside that folder, or evidence could name any file',
    next: 'give its target as an input of its own',
  },
  'files/passed-over': { severity: 'note', why: 'version control and package folders hold no evidence', next: 'give the folder as an input of its own if it does' },
  'files/too-many': { severity: 'warning', why: 'the number of files of one input is bounded', next: 'give the folders that matter as inputs of their own' },
  'files/entry-leaves-folder': {
    severity: 'warning',
    why: 'an archive entry whose name is absolute or climbs out of the archive is not read',
    next: 'pack the archive again with relative names',
  },
  'files/entry-not-a-file': { severity: 'note', why: 'links and devices in an archive are not followed', next: 'pack what the link points at' },
  'files/archive-bomb': { severity: 'warning', why: 'it unpacks to far more than data does, and was stopped', next: 'unpack it by hand and give the parts that matter' },
  'files/archive-too-large': { severity: 'error', why: 'a zip is opened in memory', next: 'unpack it and give the folder' },
  'files/archive-damaged': { severity: 'warning', why: 'the archive stops making sense there; what stood before was read', next: 'copy the archive again' },
  'files/nested-too-deep': { severity: 'warning', why: 'an archive inside an archive is opened, one inside that is not', next: 'unpack the outer archive and give the folder' },
  'files/gzip-cut': { severity: 'warning', why: 'the gzip ends early; what came before was read', next: 'copy or capture the file again' },
  'files/gzip-damaged': { severity: 'warning', why: 'the gzip data stop making sense; what came before was read', next: 'copy or capture the file again' },
  'files/zstd-cut': { severity: 'warning', why: 'the zstd ends early; what came before was read', next: 'copy or capture the file again' },
  'files/zstd-damaged': { severity: 'warning', why: 'the zstd data stop making sense; what came before was read', next: 'copy or capture the file again' },
  'files/zstd-window': {
    severity: 'warning',
    why: 'it was packed with --long or --ultra, and the memory it asks for is bounded',
    next: 'unpack it (zstd -d --long=31) and give what comes out',
  },
  'files/grown': { severity: 'note', why: 'the size at opening is what is read', next: 'give it again for what was written since' },
  'files/shrunk': {
    severity: 'warning',
    why: 'it was cut shorter while it was read (a log rotated by copytruncate); what had not been read is missing',
    next: 'give the copy that was made of it as well',
  },
  'files/replaced': {
    severity: 'warning',
    why: 'it was moved away while it was read (a log rotated by its name); what had not been read is missing',
    next: 'give the moved file as well (app.log.1)',
  },
  'files/manifest-unreadable': { severity: 'error', why: 'the folder is read as if it had no manifest', next: 'mend gorca.bundle.json or remove it' },
  'files/manifest-fault': { severity: 'warning', why: 'that statement of the manifest was not used', next: 'mend gorca.bundle.json' },
  'files/not-in-manifest': {
    severity: 'note',
    why: 'a manifest lists the artifacts of its folder; other files are not read',
    next: 'list it in gorca.bundle.json, or give it as an input of its own',
  },
  'files/missing': { severity: 'warning', why: 'the manifest lists a file that is not there', next: 'copy the bundle again' },
  'files/changed': {
    severity: 'warning',
    why: 'its bytes are not those the manifest describes, so what the manifest says of it counts as guessed',
    next: 'copy the bundle again, or correct sha256 in gorca.bundle.json',
  },
} as const satisfies Readonly<Record<string, FileProblem>>;

export type FileProblemCode = keyof typeof FILE_PROBLEMS;

export const fileProblem = (code: FileProblemCode, what: string, more: { readonly why?: string; readonly next?: string } = {}): Problem => ({
  code,
  severity: FILE_PROBLEMS[code].severity,
  place: null,
  what,
  why: more.why ?? FILE_PROBLEMS[code].why,
  next: more.next ?? FILE_PROBLEMS[code].next,
});
