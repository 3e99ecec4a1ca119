import { fuzz } from '../fuzz/run.ts';
import { type Check, failed, passed } from './checks.ts';

/** A share of the whole (`node scripts/run.mjs fuzz 100000`), the same each time. */
const SECONDS = Number(process.env['GORCA_FUZZ_SECONDS'] ?? 20);
const MOST = Number(process.env['GORCA_FUZZ'] ?? 100_000);

export const fuzzCheck: Check = {
  name: 'fuzz',
  async run() {
    const first = Number(process.env['GORCA_FUZZ_FIRST'] ?? 0);
    const { injuries, files, faults } = await fuzz(first, MOST, SECONDS);
    const note = `${injuries} injuries to ${files} files, from number ${first} on`;
    return faults.length === 0 && injuries > 0 ? passed(note) : failed(note, faults.slice(0, 20).join('\n'));
  },
};
