/** Libraries whose cost is worth a name of its own. */
import { rows } from './row.ts';

export const LIBRARY = [
  // static functions of assembly have no package in their names: else they would be taken for C
  ...rows('library', '', 'memeqbody cmpbody indexbytebody indexbody countbody'),
  ...rows('regexp', 'regexp/...', '*'),
  ...rows('encoding', 'encoding/...', '*'),
  ...rows('encoding', 'internal/saferio', '*:1.20-'),
  ...rows('encoding', 'mime/...', '*'),
  ...rows('fmt', 'fmt', '*'),
  ...rows('fmt', 'log', '*'),
  ...rows('fmt', 'log/...', '*'),
  ...rows('fmt', 'text/...', '*'),
  ...rows('fmt', 'html/template', '*'),
  ...rows('reflection', 'reflect', '*'),
  ...rows('reflection', 'internal/reflectlite', '*'),
  ...rows('reflection', 'runtime', 'reflectcall reflectcallmove'),
  ...rows('crypto', 'crypto/...', '*'),
  ...rows('crypto', 'hash/...', '*'),
  ...rows('crypto', 'math/big', '*'),
  ...rows('crypto', 'vendor/golang.org/x/crypto/...', '*'),
  ...rows('compression', 'compress/...', '*'),
  ...rows('compression', 'archive/...', '*'),
  ...rows('unattributed', 'runtime', '_System _LostSIGPROFDuringAtomic64 _LostContendedRuntimeLock:1.22-'),
  ...rows('unattributed', 'runtime/pprof', 'lostProfileEvent'),
];
