/**
 * One function is one name in a dump, a profile, a trace and a log: go/zoo/identity stands in some thirty places (closures, generics, method values,
 * wrappers, deferred calls) and is seen there in every form. Recorded under Go 1.26 and 1.27, which name closures differently.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastingGoSymbol, normaliseGoSymbol, parseGoSymbol } from '../../model/index.ts';
import { testArtifact } from '../../model/testing/artifact.ts';
import { executionTrace, KIND } from '../../read/execution-trace/index.ts';
import { goroutineDump } from '../../read/goroutine-dump/index.ts';
import { goroutineProfileText } from '../../read/goroutine-profile-text/index.ts';
import { type Frame, stackFrames } from '../../read/lib/goroutines/table.ts';
import { framesOf, pprof } from '../../read/pprof/index.ts';

const folder = join(import.meta.dirname, '../../../go/zoo/testdata/identity');
const bytes = (name: string): Uint8Array => {
  const raw = readFileSync(join(folder, name));
  return new Uint8Array(name.endsWith('.gz') ? gunzipSync(raw) : raw);
};

type Stack = readonly Frame[];

/** From the caller of main.stand outwards, without the runtime's frames: what all forms can know. */
function places(stacks: Iterable<Stack>, name: (f: Frame) => string): string[] {
  const out = new Set<string>();
  for (const stack of stacks) {
    const stand = stack.findIndex((f) => normaliseGoSymbol(f.symbol) === 'main.stand');
    if (stand < 0) continue;
    out.add(
      stack
        .slice(stand + 1)
        .filter((f) => !normaliseGoSymbol(f.symbol).startsWith('runtime.') || normaliseGoSymbol(f.symbol) === 'runtime.gopanic')
        .map((f) => `${name(f)} ${f.file.slice(f.file.lastIndexOf('/') + 1)}${f.file.startsWith('runtime/') ? '' : `:${f.line}`}`)
        .join(' < '),
    );
  }
  return [...out].sort();
}

function dump(version: string): Stack[] {
  const t = goroutineDump.read(testArtifact(bytes(`${version}.debug2.txt`))).model!.table;
  return Array.from({ length: t.count }, (_v, row) => stackFrames(t, t.stack[row]!));
}
const text = (version: string): Stack[] => goroutineProfileText.read(testArtifact(bytes(`${version}.debug1.txt`))).model!.stacks.map((s) => s.frames);
function profile(version: string): Stack[] {
  const p = pprof.read(testArtifact(bytes(`${version}.goroutine.pb.gz`))).model!;
  return Array.from({ length: p.samples.count }, (_v, s) => framesOf(p, s).map((f) => ({ symbol: f.function, file: f.file, line: f.line })));
}
function trace(version: string): Stack[] {
  const out: Stack[] = [];
  executionTrace.read(testArtifact(bytes(`${version}.trace.out`))).model!.stream({
    events(e, tables) {
      for (let i = 0; i < e.length; i++) if (e.kind[i] === KIND.GoBlock) out.push(tables.stackFrames(e.stack[i]!).map((f) => ({ symbol: f.function, file: f.file, line: f.line })));
    },
  });
  return out;
}

interface Logged {
  readonly callers: Stack[];
  readonly zap: Stack[];
  readonly stack: Stack[];
}

/** The three ways in which loggers come by a stack: runtime.Callers, zap's own, debug.Stack. */
function log(version: string): Logged {
  const out: Logged = { callers: [], zap: [], stack: [] };
  const frame = (symbol: string, at: string): Frame => ({ symbol, file: at.slice(0, at.lastIndexOf(':')), line: Number(at.slice(at.lastIndexOf(':') + 1)) });
  for (const line of new TextDecoder()
    .decode(bytes(`${version}.app.log`))
    .trimEnd()
    .split('\n')) {
    const record = JSON.parse(line) as { callers: string; stacktrace: string; stack: string };
    out.callers.push(
      record.callers
        .trimEnd()
        .split('\n')
        .map((l) => frame(l.slice(0, l.lastIndexOf(' ')), l.slice(l.lastIndexOf(' ') + 1))),
    );
    const lines = record.stacktrace.split('\n');
    out.zap.push(Array.from({ length: lines.length / 2 }, (_v, i) => frame(lines[2 * i]!, lines[2 * i + 1]!.trim())));
    const t = goroutineDump.read(testArtifact(new TextEncoder().encode(record.stack))).model!.table;
    out.stack.push(stackFrames(t, t.stack[0]!));
  }
  return out;
}

const VERSIONS = ['go1.26', 'go1.27'];
const normalised = (f: Frame): string => normaliseGoSymbol(f.symbol);

describe('one function in every form', () => {
  it.each(VERSIONS)('%s: dump, profiles, trace and logs name the same functions at the same places', (version) => {
    const expected = places(dump(version), normalised);
    expect(expected.length).toBeGreaterThanOrEqual(24);
    expect(places(text(version), normalised)).toEqual(expected);
    expect(places(profile(version), normalised)).toEqual(expected);
    expect(places(trace(version), normalised)).toEqual(expected);
    const { callers, zap, stack } = log(version);
    // a log is written before the scene waits: in the same functions, and from there outwards at the same lines
    expect(places(callers, normalised)).toEqual(expected);
    expect(places(zap, normalised)).toEqual(expected);
    expect(places(stack, normalised)).toEqual(expected);
  });

  it('over versions that name closures differently', () => {
    const lasting = (f: Frame): string => lastingGoSymbol(f.symbol, f.file);
    const [older, newer] = VERSIONS.map((v) => places(dump(v), lasting));
    expect(older).toEqual(newer);
    // near miss: as they are spelled they differ
    expect(places(dump('go1.26'), normalised)).not.toEqual(places(dump('go1.27'), normalised));
    // what is not one function keeps two names
    const names = new Set((older as string[]).flatMap((p) => p.split(' < ').map((f) => f.slice(0, f.indexOf(' ')))));
    for (const name of ['main.point.Value', 'main.(*point).Pointer', 'identity.scenes.func', 'lib.v2.Each.func', 'lib.v2.(*Box).Later.func', 'runtime.gopanic'])
      expect(names).toContain(name);
  });
});

const element = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/);
const identifier = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
const path = fc.array(element, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const closure = fc.array(fc.constantFrom('func1', 'func12', '1', '2', 'gowrap3', 'deferwrap1'), { maxLength: 3 });

describe('names of functions', () => {
  it('are spelled the same however often they are normalised', () => {
    fc.assert(
      fc.property(path, identifier, identifier, fc.boolean(), closure, (pkg, type, name, pointer, rest) => {
        const symbol = [`${pkg}.${pointer ? `(*${type})` : type}.${name}`, ...rest].join('.');
        const once = normaliseGoSymbol(symbol);
        expect(normaliseGoSymbol(once)).toBe(once);
      }),
    );
  });

  it('lose type arguments, escapes and -fm, and nothing else', () => {
    fc.assert(
      fc.property(path, identifier, identifier, closure, fc.constantFrom('', '[...]', '[go.shape.int]', '[go.shape.struct { a/b.T; c int }]'), (pkg, type, name, rest, types) => {
        const tail = rest.map((r) => `.${r}`).join('');
        const plain = `${pkg}/v.x.(*${type}).${name}${tail}`;
        for (const escaped of [`${pkg}/v%2ex`, `${pkg}/v%252ex`]) expect(normaliseGoSymbol(`${escaped}.(*${type}${types}).${name}${tail}`)).toBe(plain.replace('/v.x.', '/v.x.'));
        if (rest.length === 0) expect(normaliseGoSymbol(`${pkg}.(*${type}).${name}-fm`)).toBe(`${pkg}.(*${type}).${name}`);
      }),
    );
  });

  it('of closures last through other numbers and inlining', () => {
    fc.assert(
      fc.property(path, identifier, identifier, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), (pkg, outer, name, a, b) => {
        // pkg.v3.f is package pkg.v3, whose dot a profile does not escape
        fc.pre(!/^(?:func|gowrap|deferwrap|range)?\d*$|^(?:fm|glob|init|main)$|^v\d+$/.test(name) && !/^(?:glob|init)$/.test(outer));
        const file = `/src/${pkg}/x.go`;
        expect(lastingGoSymbol(`main.${outer}.${name}.func${a}`, file)).toBe(lastingGoSymbol(`${pkg}.${name}.func${b}`, file));
        expect(lastingGoSymbol(`${pkg}.${name}.func${a}`, file)).not.toBe(lastingGoSymbol(`${pkg}.${name}`, file));
        expect(lastingGoSymbol(`${pkg}.${name}x.func${a}`, file)).not.toBe(lastingGoSymbol(`${pkg}.${name}.func${a}`, file));
      }),
    );
  });

  it('of the runtime: one for all size classes, and panic is gopanic', () => {
    for (const name of ['mallocgcSmallNoScanSC', 'mallocgcSmallScanNoHeaderSC', 'mallocgcTinySC'])
      expect(normaliseGoSymbol(`runtime.${name}3`)).toBe(normaliseGoSymbol(`runtime.${name}27`));
    expect(normaliseGoSymbol('panic')).toBe('runtime.gopanic');
    expect(normaliseGoSymbol('main.panic')).toBe('main.panic');
    expect(parseGoSymbol('panic').package).toBe('runtime');
  });
});
