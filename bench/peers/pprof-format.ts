/** One whole run of pprof-format, as a process: decode only. Its lazy fields are not touched. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { Profile } from 'pprof-format';

const profile = Profile.decode(readFileSync(process.argv[2] as string));
console.log(`${profile.sample.length} samples, decoded only`);
