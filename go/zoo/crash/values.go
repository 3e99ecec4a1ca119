package main

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"gorca.dev/go/zoo/crash/ledger"
)

// worker runs do in a goroutine of its own, where nothing recovers.
func worker(do func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	<-done
}

func recentEntries() *ledger.Book {
	book := ledger.Open()
	for i := 0; i < 3; i++ {
		book.Post(ledger.Entry{Account: "cash", Cents: int64(i)})
	}
	return book
}

func page(w http.ResponseWriter, r *http.Request) {
	number, err := strconv.Atoi(r.URL.Query().Get("n"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprintln(w, recentEntries().At(number).Account)
}

func init() {
	failures["nil-dereference"] = func() {
		worker(func() { sendInvoices([]*ledger.Entry{{Owner: &ledger.Owner{Name: "Ada"}}}) })
	}
	failures["nil-dereference-handler"] = func() {
		serve(2, "/v1/invoice", func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintln(w, ledger.Invoice(&ledger.Entry{Owner: &ledger.Owner{Name: "Ada"}}))
		})
	}
	failures["nil-dereference-large-offset"] = func() {
		worker(func() {
			var table *struct {
				_    [1 << 20]byte
				last int
			}
			fmt.Println(table.last)
		})
	}
	failures["nil-func-call"] = func() {
		var hooks struct{ onPost func(ledger.Entry) }
		hooks.onPost(ledger.Entry{})
	}
	failures["index-out-of-range"] = func() {
		worker(func() { fmt.Println(recentEntries().At(len("seven77"))) })
	}
	failures["index-out-of-range-handler"] = func() { serve(3, "/v1/page?n=7", page) }
	failures["index-out-of-range-negative"] = func() {
		offset := -1
		fmt.Println(recentEntries().At(offset))
	}
	failures["slice-bounds"] = func() { fmt.Println(recentEntries().Page(2, 9)) }
	failures["slice-bounds-inverted"] = func() { fmt.Println(recentEntries().Page(3, 1)) }
	failures["type-assertion"] = func() {
		worker(func() {
			settings := map[string]any{"limit": "250"}
			fmt.Println(settings["limit"].(int) + 1)
		})
	}
	failures["type-assertion-handler"] = func() {
		serve(1, "/v1/limit", func(w http.ResponseWriter, r *http.Request) {
			var limit any = r.URL.Query().Get("limit")
			fmt.Fprintln(w, limit.(int64))
		})
	}
	failures["type-assertion-nil"] = func() {
		settings := map[string]any{}
		fmt.Println(settings["limit"].(int) + 1)
	}
	failures["type-assertion-missing-method"] = func() {
		var v any = ledger.Entry{}
		fmt.Println(v.(fmt.Stringer).String())
	}
	failures["type-assertion-pointer"] = func() {
		var v any = ledger.Entry{}
		fmt.Println(v.(*ledger.Entry).Account)
	}
	failures["type-switch-unexpected"] = func() {
		fmt.Println(ledger.Describe(struct{ Account string }{"cash"}))
	}
	failures["slice-to-array"] = func() {
		key := []byte{1, 2}
		fmt.Println(*(*[4]byte)(key))
	}
	failures["makeslice"] = func() {
		n := -len("negative")
		fmt.Println(make([]int64, n))
	}
	failures["negative-shift"] = func() {
		n := -len("negative")
		fmt.Println(1 << n)
	}
	failures["divide-by-zero"] = func() {
		worker(func() {
			var entries []ledger.Entry
			fmt.Println(100 / len(entries))
		})
	}
	failures["unhashable-key"] = func() {
		seen := map[any]bool{}
		seen[[]string{"cash"}] = true
	}
	failures["uncomparable"] = func() {
		var a, b any = []int{1}, []int{1}
		fmt.Println(a == b)
	}
	failures["stack-overflow"] = func() {
		worker(func() { fmt.Println(depth(&node{name: "root"})) })
	}
	failures["deep-panic"] = func() { fmt.Println(countdown(150)) }
	failures["generic-closure"] = func() {
		ledger.Fold([]int{1, 2, 0}, 100, func(acc, n int) int { return acc / n })
	}
	failures["timer-callback"] = func() {
		time.AfterFunc(time.Millisecond, func() { new(ledger.Book).Post(ledger.Entry{}) })
		time.Sleep(time.Second)
	}
}

func sendInvoices(entries []*ledger.Entry) {
	for i, e := range entries {
		fmt.Println(i, ledger.Invoice(e))
	}
}

// node is a tree whose parent was, by mistake, also its child.
type node struct {
	name     string
	children []*node
}

func depth(n *node) int {
	if n.children == nil {
		n.children = []*node{n}
	}
	deepest := 0
	for _, child := range n.children {
		if d := depth(child); d > deepest {
			deepest = d
		}
	}
	return deepest + 1
}

//go:noinline
func countdown(n int) int {
	if n == 0 {
		panic("reached zero")
	}
	return countdown(n-1) + 1
}
