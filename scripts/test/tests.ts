/** Unit and property tests, the recorded incidents, and everything that is Go. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { type Check, failed, type Outcome, passed, runProgram, runTool } from './checks.ts';

interface VitestReport {
  readonly numTotalTests: number;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

const REPORT = 'node_modules/.cache/gorca-test/vitest.json';

const vitest: Check = {
  name: 'tests',
  async run() {
    rmSync(REPORT, { force: true });
    mkdirSync('node_modules/.cache/gorca-test', { recursive: true });
    // CI: a golden file that is missing or differs fails and is not written
    const { status, output } = await runTool('vitest/vitest.mjs', ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${REPORT}`], {
      env: { CI: 'true', NO_COLOR: '1' },
    });
    let report: VitestReport;
    try {
      report = JSON.parse(readFileSync(REPORT, 'utf8')) as VitestReport;
    } catch {
      return failed('vitest left no report', output);
    }
    return outcomeOf(report, status, output);
  },
};

function outcomeOf(report: VitestReport, status: number, output: string): Outcome {
  // a file that could not be loaded has no tests, and is one failure
  const unloadable = report.testResults.filter((f) => f.status === 'failed' && f.assertionResults.every((a) => a.status !== 'failed')).length;
  let failures = report.numFailedTests + unloadable;
  if (report.numTotalTests === 0 || (status !== 0 && failures === 0)) failures++;
  const skipped = report.testResults.flatMap((f) => f.assertionResults.filter((a) => a.status === 'pending' || a.status === 'skipped').map((a) => a.fullName));
  const note = `${report.testResults.length} files${skipped.length === 0 ? '' : `; not run here: ${skipped.join(' · ')}`}`;
  return { passed: report.numPassedTests, failed: failures, note, details: output };
}

const go = (name: string, args: readonly string[]): Check => ({
  name,
  async run() {
    const listed = await runProgram('go', ['list', './...'], { cwd: 'go' });
    if (listed.status === 127) return failed('Go is not installed', listed.output);
    const packages = listed.output.split('\n').filter((line) => line.startsWith('gorca.dev/')).length;
    const { status, output } = await runProgram('go', [...args, './...'], { cwd: 'go' });
    return status === 0 && packages > 0 ? passed(`${packages} packages`) : failed(`${packages} packages`, listed.output + output);
  },
});

export const tests: readonly Check[] = [vitest, go('go vet', ['vet']), go('go test', ['test'])];
