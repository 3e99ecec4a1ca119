/** `node scripts/run.mjs fuzz [count] [first]`: so many injuries, however long that takes. */
import process from 'node:process';
import { fuzz } from './fuzz/run.ts';

const [count = '100000', first = '0'] = process.argv.slice(2);
const { injuries, files, faults } = await fuzz(Number(first), Number(count), 24 * 3600);
for (const fault of faults) console.error(fault);
console.log(`${injuries} injuries to ${files} files, ${faults.length} faults`);
process.exitCode = faults.length === 0 && injuries > 0 ? 0 : 1;
