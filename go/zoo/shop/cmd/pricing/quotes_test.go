package main

import (
	"testing"
	"time"
)

func TestRepriceNeverMakesAnOfferDearer(t *testing.T) {
	tr := newTariff()
	q := newQuotes(tr, time.Minute)
	tr.onChange(q.reprice)
	o, ok := q.add("sieve", 2)
	if !ok || o.Cents != 980 || o.Version != 1 {
		t.Fatalf("quote %+v, %v", o, ok)
	}
	tr.revise(map[string]int{"sieve": 600})
	if got := q.open[o.ID].Cents; got != 980 {
		t.Errorf("after a rise the open offer is %d, want 980", got)
	}
	if v := tr.revise(map[string]int{"sieve": 400}); v != 3 {
		t.Errorf("version %d, want 3", v)
	}
	if got := q.open[o.ID].Cents; got != 800 {
		t.Errorf("after a fall the open offer is %d, want 800", got)
	}
	if _, ok := q.add("samovar", 1); ok {
		t.Error("an article without a price was quoted")
	}
}

func TestOldQuotesLapse(t *testing.T) {
	q := newQuotes(newTariff(), -time.Second)
	q.add("timer", 1)
	q.add("timer", 1)
	if n := len(q.open); n != 1 {
		t.Errorf("%d offers are open, want the newest only", n)
	}
}
