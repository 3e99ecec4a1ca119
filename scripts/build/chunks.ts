/** Chunks of the bundle as functions of what they import: what `chunk-loader.ts` runs. */
import { transformSync } from 'esbuild';

/** One statement a line, as esbuild prints them when it keeps whitespace. */
const IMPORT = /^import (?:(\{[^}]*\}|\* as [\w$]+|[\w$]+) from )?("[^"\n]+");$/gm;
const EXPORT = /^export (\{[^}]*\});$/m;
const DYNAMIC = /\bimport\(("[^"\n]+")\)/g;
const RENAMED = /([\w$]+) as ([\w$]+)/g;

/**
 * The script of one chunk (an ES module as esbuild prints it): an expression that is a function `(require, loadChunk, chunkUrl)` and returns the exports.
 *
 * What is imported is taken once: right as long as chunks do not import each other in a circle (the loader refuses that) and no module
 * exports a variable that changes (`let`: the build refuses that). An import or export that is left over does not parse. Only what nobody
 * imports, an entry, may await at its top.
 */
export function asFunction(chunk: string, isEntry = false): string {
  let exported = '{}';
  const body = chunk
    .replace(/^#!.*\n/, '')
    .replace(IMPORT, (_, names: string | undefined, from: string) => {
      if (names === undefined) return `require(${from});`;
      if (names.startsWith('{')) return `const ${names.replace(RENAMED, '$1: $2')} = require(${from});`;
      // the default of a module of Node's is the module; nothing else is imported by its default
      return `const ${names.replace('* as ', '')} = require(${from});`;
    })
    .replace(EXPORT, (_, names: string) => {
      exported = names.replace(RENAMED, '$2: $1');
      return '';
    })
    .replace(DYNAMIC, 'loadChunk($1)');
  // handed to a call while esbuild looks at it: a function nobody uses would be left out
  const script = `chunk(${isEntry ? 'async ' : ''}function (require, loadChunk, chunkUrl) { "use strict";\n${body}\nreturn ${exported};\n});`;
  // a tenth less to read at each start; names stay, for the stacks of our own mistakes
  const { code } = transformSync(script, { minifyWhitespace: true, minifySyntax: true, target: 'node20', logLevel: 'silent' });
  // what esbuild leaves in regular expressions: in ASCII a text is read as it is and takes half the memory
  return code.replace(/^chunk|;\n$/g, '').replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
