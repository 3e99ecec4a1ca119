// Command identity stands at the same places in every form in which Go names functions: each scene logs with a stack (zap, runtime.Callers,
// debug.Stack) and then waits, while a trace is taken; then all goroutines are dumped in all forms.
//
//	identity DIR      writes debug2.txt, debug1.txt, goroutine.pb.gz, trace.out and app.log into DIR
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"runtime/trace"
	"sync"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	lib "gorca.dev/go/zoo/identity/lib.v2"
)

var (
	logger *zap.Logger
	there  sync.WaitGroup
	logged sync.Mutex
)

// stand is where every scene ends: its caller's frames are what the forms must name alike.
//
//go:noinline
func stand(scene string) {
	logged.Lock()
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs[:])])
	var callers bytes.Buffer
	for {
		frame, more := frames.Next()
		fmt.Fprintf(&callers, "%s %s:%d\n", frame.Function, frame.File, frame.Line)
		if !more {
			break
		}
	}
	logger.Error("stands", zap.String("scene", scene), zap.String("callers", callers.String()), zap.ByteString("stack", debug.Stack()))
	logged.Unlock()
	there.Done()
	<-make(chan int)
}

type point struct{ scene string }

//go:noinline
func (p *point) Pointer() { stand(p.scene) }

//go:noinline
func (p point) Value() { stand(p.scene) }

type named string

//go:noinline
func (n named) Name() { stand(string(n)) }

type embedded struct{ *point }

type caller interface{ Value() }

type tree[T any] struct{ left *tree[T] }

//go:noinline
func (t *tree[T]) walk(f func(T)) {
	if t.left != nil {
		t.left.walk(f)
		return
	}
	var zero T
	f(zero)
}

//go:noinline
func generic[T any](scene string, _ T) {
	func() { stand(scene) }()
}

var atPackageLevel = func() { stand("package level closure") }

func inlined(f func()) { f() }

func nestedClosures(scene string) {
	func() {
		func() {
			func() { stand(scene) }()
		}()
	}()
}

func sequence(yield func(int) bool) {
	for i := 0; yield(i); i++ {
	}
}

func scenes() map[string]func() {
	p := &point{"pointer method"}
	return map[string]func(){
		"pointer method":               p.Pointer,
		"value method":                 point{"value method"}.Value,
		"value method by pointer":      (&point{"value method by pointer"}).Value,
		"method of a named string":     named("method of a named string").Name,
		"promoted method":              func() { embedded{&point{"promoted method"}}.Pointer() },
		"method by interface":          func() { var c caller = &point{"method by interface"}; c.Value() },
		"method expression":            func() { f := (*point).Pointer; f(&point{"method expression"}) },
		"closure":                      func() { stand("closure") },
		"nested closures":              func() { nestedClosures("nested closures") },
		"closure in an inlined call":   func() { inlined(func() { stand("closure in an inlined call") }) },
		"closure of another package":   func() { lib.Apply(func() { stand("closure of another package") }) },
		"returned closure":             lib.Each(1, func(int) { stand("returned closure") }),
		"package level closure":        atPackageLevel,
		"generic function of int":      func() { generic("generic function of int", 1) },
		"generic function of a struct": func() { generic("generic function of a struct", struct{ A, B int }{}) },
		"generic method":               func() { new(lib.Box[map[string]int]).With(func(map[string]int) { stand("generic method") }) },
		"closure of a generic method":  new(lib.Box[string]).Later(func(string) { stand("closure of a generic method") }),
		"generic recursion":            func() { (&tree[int]{&tree[int]{&tree[int]{}}}).walk(func(int) { stand("generic recursion") }) },
		"closure in a generic function": func() {
			lib.Map(map[string]int{"a": 1}, func(string, int) { stand("closure in a generic function") })
		},
		"deferred call": func() {
			defer stand("deferred call")
			_ = recover()
		},
		"deferred in panic": func() {
			defer func() { stand("deferred in panic"); _ = recover() }()
			panic("identity")
		},
		"range over a function": func() {
			for range sequence {
				stand("range over a function")
			}
		},
		"once": func() { new(sync.Once).Do(func() { stand("once") }) },
	}
}

func init() {
	more = append(more, func() { stand("closure in init") })
}

var more []func()

func main() {
	folder := os.Args[1]
	file, err := os.Create(filepath.Join(folder, "app.log"))
	check(err)
	config := zap.NewProductionEncoderConfig()
	config.EncodeTime = zapcore.ISO8601TimeEncoder
	logger = zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(config), file, zap.DebugLevel), zap.AddCaller(), zap.AddStacktrace(zap.ErrorLevel))
	out, err := os.Create(filepath.Join(folder, "trace.out"))
	check(err)
	check(trace.Start(out))
	for _, scene := range scenes() {
		there.Add(1)
		go scene()
	}
	for _, scene := range more {
		there.Add(1)
		go scene()
	}
	there.Add(1)
	// the arguments of a go statement are kept by a wrapper
	go stand("go with arguments")
	there.Wait()
	time.Sleep(50 * time.Millisecond)
	trace.Stop()
	check(out.Close())
	for _, form := range []struct {
		file  string
		debug int
	}{{"debug2.txt", 2}, {"debug1.txt", 1}, {"goroutine.pb.gz", 0}} {
		file, err := os.Create(filepath.Join(folder, form.file))
		check(err)
		check(pprof.Lookup("goroutine").WriteTo(file, form.debug))
		check(file.Close())
	}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
