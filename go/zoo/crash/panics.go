package main

import (
	"errors"
	"fmt"
	"runtime"
	"time"

	"gorca.dev/go/zoo/crash/ledger"
)

type status int

type point struct{ x, y int }

type verbose struct{ text string }

func (v verbose) String() string { return "verbose: " + v.text }

type brokenError struct{ cause error }

func (e *brokenError) Error() string { return "broken: " + e.cause.Error() }

func init() {
	failures["panic-error"] = func() {
		worker(func() { ledger.Must(0, &ledger.CoverError{Account: "cash", Missing: 250}) })
	}
	failures["panic-custom-error"] = func() { panic(&ledger.CoverError{Account: "cash", Missing: 250}) }
	failures["panic-string"] = func() { panic("journal is not sorted") }
	failures["panic-stringer"] = func() { panic(verbose{"journal is not sorted"}) }
	failures["panic-named-int"] = func() { panic(status(7)) }
	failures["panic-struct"] = func() { panic(point{1, 2}) }
	failures["panic-pointer"] = func() { panic(&point{1, 2}) }
	failures["panic-nil"] = func() { var err error; panic(err) }
	failures["panic-multi-line"] = func() {
		panic("migration failed:\n  step 1: ok\n  step 2: column \"owner\" is missing\n\ngoroutine 9 [running]: is not a header\n\tat step2.sql:14")
	}
	failures["panic-multi-line-error"] = func() {
		panic(fmt.Errorf("migrate: %w\nhint: run step 2 again", errors.New("column \"owner\" is missing")))
	}
	failures["panic-looks-like-json"] = func() {
		panic(`{"level":"error","msg":"not a log line"}`)
	}
	failures["panic-empty"] = func() { panic("") }
	failures["panic-bytes"] = func() { panic("\x1b[31mred\x1b[0m \xff\xfe end") }
	failures["panic-long"] = func() {
		text := make([]byte, 20_000)
		for i := range text {
			text[i] = "abcdefghijklmnopqrstuvwxyz "[i%27]
		}
		panic(string(text))
	}
	failures["panic-error-panics"] = func() { panic(&brokenError{}) }
	failures["panic-in-defer"] = func() {
		defer func() { ledger.Open().At(3) }()
		panic("first")
	}
	failures["panic-three-deep"] = func() {
		defer func() { panic("third") }()
		defer func() { panic(fmt.Errorf("second\nof two lines")) }()
		panic("first")
	}
	failures["repanic"] = func() {
		defer func() {
			if v := recover(); v != nil {
				time.Sleep(time.Millisecond) // where a service flushes its log
				panic(v)
			}
		}()
		recentEntries().At(7)
	}
	failures["repanic-other-value"] = func() {
		defer func() {
			if v := recover(); v != nil {
				panic(fmt.Sprintf("while posting: %v", v))
			}
		}()
		recentEntries().At(7)
	}
	failures["repanic-runtime-error"] = func() {
		defer func() {
			if v := recover(); v != nil {
				panic(v)
			}
		}()
		sendInvoices([]*ledger.Entry{{}})
	}
	failures["goexit-deadlock"] = func() { runtime.Goexit() }
	failures["panic-then-goexit"] = func() {
		worker(func() {
			defer runtime.Goexit()
			panic("dropped, because the goroutine exits while it panics")
		})
	}
}
