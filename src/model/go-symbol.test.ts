import { describe, expect, it } from 'vitest';
import { declaredNames, enclosingFunction, isRuntimeOrStd, lastingGoSymbol, moduleOfFile, normaliseGoSymbol, originOfFrame, parseGoSymbol, shortGoSymbol } from './go-symbol.ts';

describe('parseGoSymbol', () => {
  it.each([
    ['main.main', 'main', null, 'main', []],
    ['shop/orders/internal/inventory.(*Client).Reserve.func1', 'shop/orders/internal/inventory', 'Client', 'Reserve', ['func1']],
    ['example.com/a.b/yaml%2ev3.(*G[...]).At', 'example.com/a.b/yaml.v3', 'G', 'At', []],
    ['gopkg.in/yaml.v3.unmarshal', 'gopkg.in/yaml.v3', null, 'unmarshal', []],
    ['example.com/a.b/yaml%2ev3.T.Val', 'example.com/a.b/yaml.v3', 'T', 'Val', []],
    ['example.com/a.b/yaml%2ev3.T.Val-fm', 'example.com/a.b/yaml.v3', 'T', 'Val', []],
    ['main.main-range1', 'main', null, 'main', ['range1']],
    ['main.init.func1', 'main', null, 'init', ['func1']],
    ['main.glob..func1', 'main', null, 'init', ['func1']],
    ['main.F[go.shape.struct { example.com/x.A int }].func2', 'main', null, 'F', ['func2']],
    ['main.main.func1.2', 'main', null, 'main', ['func1', '2']],
    ['net/http.HandlerFunc.ServeHTTP', 'net/http', 'HandlerFunc', 'ServeHTTP', []],
    ['runtime.gopark', 'runtime', null, 'gopark', []],
    ['crosscall2', '', null, 'crosscall2', []],
    ['panic', 'runtime', null, 'gopanic', []],
    // Go 1.27: a closure's name escapes the escaped path again
    ['gorca.dev/lib%252ev2.Each.func1', 'gorca.dev/lib.v2', null, 'Each', ['func1']],
  ] as const)('%s', (symbol, pkg, receiver, name, closure) => {
    const s = parseGoSymbol(symbol);
    expect([s.package, s.receiver, s.name, s.closure]).toEqual([pkg, receiver, name, closure]);
  });

  it('gives one spelling to one function', () => {
    expect(normaliseGoSymbol('main.(*G[...]).At')).toBe(normaliseGoSymbol('main.(*G[go.shape.int]).At'));
    expect(normaliseGoSymbol('runtime.mallocgcSmallNoScanSC7')).toBe(normaliseGoSymbol('runtime.mallocgcSmallNoScanSC12'));
    expect(normaliseGoSymbol('main.mallocgcTinySC7')).toBe('main.mallocgcTinySC7');
    expect(enclosingFunction('shop/x.(*C).Do.func1.2')).toBe('shop/x.(*C).Do');
    expect(shortGoSymbol('shop/orders/internal/inventory.(*Client).Reserve.func1')).toBe('inventory.(*Client).Reserve.func1');
  });

  it('keeps one name for a closure over versions, wherever it was inlined', () => {
    // as Go 1.26 and 1.27 write them: go/zoo/identity
    expect(lastingGoSymbol('main.scenes.Each.func19', '/src/lib.v2/lib.go')).toBe('lib.v2.Each.func');
    expect(lastingGoSymbol('gorca.dev/go/lib%252ev2.Each.func1', 'gorca.dev/go/lib.v2@v2.1.0/lib.go')).toBe('lib.v2.Each.func');
    expect(lastingGoSymbol('main.a.a.func1.func2', '/src/cmd/main.go')).toBe(lastingGoSymbol('main.a.func1.func1', '/src/cmd/main.go'));
    expect(lastingGoSymbol('shop/x.(*C).Do.func1.2', '')).toBe('x.(*C).Do.func');
    // a function is no closure of itself, and another function's closure is another
    expect(lastingGoSymbol('shop/x.(*C).Do', '/src/x/c.go')).toBe('shop/x.(*C).Do');
    expect(lastingGoSymbol('main.(*D).Do.func1', '/src/x/c.go')).not.toBe(lastingGoSymbol('main.(*C).Do.func1', '/src/x/c.go'));
  });

  it('says under which names the source may declare it', () => {
    expect(declaredNames('shop/orders/api.(*C).Do.func1', '/src/api/c.go')).toEqual(['shop/orders/api.(*C).Do', 'api.(*C).Do']);
    // Each of package lib, inlined into main.scenes
    expect(declaredNames('main.scenes.Each.func19', 'gorca.dev/go/lib.v2@v2.0.1/lib.go')).toEqual(['main.scenes.Each', 'lib.v2.Each', 'gorca.dev/go/lib.v2.Each', 'main.Each']);
    expect(declaredNames('main.scenes.Each.func19', '/src/lib.v2/lib.go')).toEqual(['main.scenes.Each', 'lib.v2.Each', 'main.Each']);
    // logged of the same package, inlined into Serve, or a method of a value Serve
    expect(declaredNames('shop/orders/kit.Serve.logged.func2', '/src/kit/kit.go')).toEqual([
      'shop/orders/kit.Serve.logged',
      'kit.Serve.logged',
      'shop/orders/kit.logged',
      'kit.logged',
    ]);
    // At, inlined into main: its text is never in main
    expect(declaredNames('main.main.(*G[...]).At.func3', '/src/cmd/g.go')).toEqual(['cmd.(*G).At', 'main.(*G).At', 'main.main']);
    // a function that is none's closure has its own names only
    expect(declaredNames('shop/orders/api.Do', '/src/other/c.go')).toEqual(['shop/orders/api.Do', 'api.Do']);
    expect(declaredNames('main.T.Do', '/src/other/c.go')).toEqual(['main.T.Do']);
  });

  it('never throws on arbitrary text', () => {
    for (const text of ['', '.', '/', '(*', '[', ']]', 'a.(*', '%zz.%', 'x/.y', '((.)).', '-.-']) expect(parseGoSymbol(text).normalised).toBeTypeOf('string');
  });
});

describe('originOfFrame', () => {
  it.each([
    ['net/http.(*conn).serve', '/usr/local/go/src/net/http/server.go', 'std'],
    ['runtime.gopanic', '/opt/hostedtoolcache/go/1.26.8/x64/src/runtime/panic.go', 'runtime'],
    ['runtime.gopark', '/home/u/go/pkg/mod/golang.org/toolchain@v0.0.1-go1.27.0.linux-amd64/src/runtime/proc.go', 'runtime'],
    ['sync.(*Mutex).Lock', '/go/pkg/mod/golang.org/toolchain@v0.0.1-go1.27.0.linux-amd64/src/sync/mutex.go', 'std'],
    ['main.main', '/src/main.go', 'own'],
    ['shop/orders/internal/x.F', '/src/internal/x/x.go', 'own'],
    ['shop/orders/internal/x.F', 'shop/orders/internal/x/x.go', 'own'],
    ['net/http.(*conn).serve', 'net/http/server.go', 'std'],
    ['golang.org/x/net/http2.(*Framer).ReadFrame', 'golang.org/x/net@v0.33.0/http2/frame.go', 'dependency'],
    ['go.uber.org/zap.(*Logger).Panic', '/home/u/go/pkg/mod/go.uber.org/zap@v1.27.0/logger.go', 'dependency'],
    ['github.com/a/b.F', '/app/vendor/github.com/a/b/b.go', 'dependency'],
    ['vendor/golang.org/x/net/http/httpguts.F', '/usr/local/go/src/vendor/golang.org/x/net/http/httpguts/guts.go', 'std'],
    // a module may be called like nothing in std and yet have no dot
    ['shop/orders.F', '', 'own'],
    ['net/http.F', '', 'std'],
    // a program whose checkout lies below a folder called src
    ['example.com/net/http/mux.Serve', '/home/u/src/net/http/mux/mux.go', 'own'],
    // the closure of a dependency's function that was inlined into main keeps the dependency's file
    ['main.main.(*G[...]).At.func3', '/go/pkg/mod/example.com/y@v1.0.0/y.go', 'dependency'],
    ['main.main', 'C:/Users/u/app/main.go', 'own'],
    ['main.run.func1', '/go/pkg/mod/shop/orders@v1.4.0/cmd/main.go', 'own'],
    ['crosscall2', '', 'foreign'],
  ] as const)('%s in %s is %s', (symbol, file, origin) => {
    expect(originOfFrame(symbol, file)).toBe(origin);
  });

  it('knows a main module that was installed with its version', () => {
    expect(originOfFrame('shop/orders/api.Get', 'shop/orders@v1.4.0/api/api.go')).toBe('dependency');
    expect(originOfFrame('shop/orders/api.Get', 'shop/orders@v1.4.0/api/api.go', ['shop/orders'])).toBe('own');
    expect(originOfFrame('main.main', 'shop/orders@v1.4.0/cmd/main.go')).toBe('own');
  });

  it('names the module of a file', () => {
    expect(moduleOfFile('/go/pkg/mod/github.com/!burnt!sushi/toml@v1.3.2/decode.go')).toBe('github.com/BurntSushi/toml@v1.3.2');
    expect(moduleOfFile('/app/vendor/github.com/a/b/c/b.go')).toBe('github.com/a/b');
    expect(moduleOfFile('/app/main.go')).toBeNull();
  });

  it('tells std paths by their first element', () => {
    expect([isRuntimeOrStd('net/http'), isRuntimeOrStd('main'), isRuntimeOrStd('shop/orders'), isRuntimeOrStd('internal/sync')]).toEqual([true, false, false, true]);
  });
});
