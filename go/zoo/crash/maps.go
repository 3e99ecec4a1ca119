package main

import (
	"net/http"
	"runtime"
	"strconv"
	"sync"

	"gorca.dev/go/zoo/crash/ledger"
)

func init() {
	failures["nil-map-write"] = func() {
		done := make(chan struct{})
		go func() {
			defer close(done)
			postAll(new(ledger.Book), []ledger.Entry{{Account: "cash", Cents: 250}})
		}()
		<-done
	}
	failures["nil-map-write-handler"] = func() {
		book := new(ledger.Book)
		serve(2, "/v1/post?account=cash", func(w http.ResponseWriter, r *http.Request) {
			book.Post(ledger.Entry{Account: r.URL.Query().Get("account"), Cents: 250})
			w.WriteHeader(http.StatusNoContent)
		})
	}
	failures["concurrent-map-writes"] = func() {
		book := ledger.Open()
		race(func(i int) { book.PostUnlocked(ledger.Entry{Account: strconv.Itoa(i), Cents: 1}) }, nil)
	}
	failures["concurrent-map-read-and-write"] = func() {
		book := ledger.Open()
		race(func(i int) { book.BalanceUnlocked(strconv.Itoa(i)) },
			func(i int) { book.PostUnlocked(ledger.Entry{Account: strconv.Itoa(i), Cents: 1}) })
	}
	failures["concurrent-map-iteration-and-write"] = func() {
		book := ledger.Open()
		for i := 0; i < 1000; i++ {
			book.PostUnlocked(ledger.Entry{Account: strconv.Itoa(i), Cents: 1})
		}
		race(func(int) { book.TotalUnlocked() },
			func(i int) { book.PostUnlocked(ledger.Entry{Account: strconv.Itoa(i % 1000), Cents: 1}) })
	}
}

func postAll(book *ledger.Book, entries []ledger.Entry) {
	for _, e := range entries {
		book.Post(e)
	}
}

// race runs many in several goroutines, and one in one more, until the runtime notices.
func race(many, one func(int)) {
	runtime.GOMAXPROCS(4)
	var all sync.WaitGroup
	worker := func(do func(int)) {
		defer all.Done()
		for i := 0; i < 5_000_000; i++ {
			do(i)
		}
	}
	for n := 0; n < 3; n++ {
		all.Add(1)
		go worker(many)
	}
	if one != nil {
		all.Add(1)
		go worker(one)
	}
	all.Wait()
}
