/**
 * Rows of the table of functions: a class, a package, and its functions as the linker names them, without closures and type arguments.
 * `name*` is every function that begins so; `(*T).*` every method; `*` alone every function of the package, and of those below it where the
 * package ends in `/...`. What is not in every version says so: `name:1.22-`, `name:-1.21`, `name:1.19-1.23`.
 */
import type { CostClass } from '../cost-class.ts';

export interface FunctionRow {
  readonly class: CostClass;
  readonly package: string;
  readonly name: string;
  /** First and last minor version of Go 1 that has it; null: all of 1.11 to 1.27 as far as is known. */
  readonly from: number | null;
  readonly to: number | null;
}

export function rows(cost: CostClass, pkg: string, names: string): FunctionRow[] {
  return names
    .trim()
    .split(/\s+/)
    .map((text) => {
      const [name, range = '-'] = text.split(':') as [string, string?];
      const [from = '', to = ''] = range.split('-');
      return { class: cost, package: pkg, name, from: minor(from), to: minor(to) };
    });
}

const minor = (version: string): number | null => (version === '' ? null : Number(version.slice(2)));
