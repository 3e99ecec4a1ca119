package main

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"runtime/pprof"
	"sort"
	"strings"
	"time"
)

var orderID = regexp.MustCompile(orderPattern)

const orderPattern = `^(ord|ret)-(\d{4}-){2}[a-f0-9]{8}(\.(draft|final))?$`

type order struct {
	ID    string
	Lines []struct {
		Article string
		Count   int
	}
}

var document = []byte(`{"ID":"ord-2024-0817-00c0ffee.final","Lines":[{"Article":"pear","Count":3},{"Article":"quince","Count":1},{"Article":"fig","Count":12}]}`)

// serve answers requests at an even pace, two kinds of them; compileEach compiles the expression anew for each order, as a change
// that moved it into the handler does.
func serve(requests int, compileEach bool) {
	next := time.Now()
	for i := 0; i < requests; i++ {
		route := "/order"
		if i%3 == 0 {
			route = "/search"
		}
		pprof.Do(context.Background(), pprof.Labels("route", route), func(context.Context) {
			if route == "/order" {
				total += placeOrder(compileEach)
			} else {
				total += search(fmt.Sprint("apple ", i))
			}
		})
		next = next.Add(time.Millisecond)
		time.Sleep(time.Until(next))
	}
}

//go:noinline
func placeOrder(compileEach bool) int {
	var o order
	for k := 0; k < 100; k++ {
		if err := json.Unmarshal(document, &o); err != nil {
			panic(err)
		}
	}
	return validate(o, compileEach)
}

//go:noinline
func validate(o order, compileEach bool) int {
	expression := orderID
	if compileEach {
		for k := 0; k < 25; k++ {
			expression = regexp.MustCompile(orderPattern)
		}
	}
	if expression.MatchString(o.ID) {
		return len(o.Lines)
	}
	return 0
}

//go:noinline
func search(query string) int {
	words := strings.Fields(strings.Repeat(query+" pear quince fig medlar plum ", 300))
	sort.Strings(words)
	return sort.SearchStrings(words, "quince")
}
