package main

import (
	"crypto/rand"
	"crypto/rsa"
	"testing"
	"time"
)

func TestRepriceNeverMakesAnOfferDearer(t *testing.T) {
	tr := newTariff(testKey(t))
	q := newQuotes(tr, time.Minute)
	tr.onChange(q.reprice)
	o, ok := q.add("sieve", 2)
	if !ok || o.Cents != 980 || o.Version != 1 {
		t.Fatalf("quote %+v, %v", o, ok)
	}
	if _, err := tr.revise(map[string]int{"sieve": 600}); err != nil {
		t.Fatal(err)
	}
	if got := q.open[o.ID].Cents; got != 980 {
		t.Errorf("after a rise the open offer is %d, want 980", got)
	}
	if v, err := tr.revise(map[string]int{"sieve": 400}); v != 3 || err != nil {
		t.Errorf("version %d, %v, want 3", v, err)
	}
	if got := q.open[o.ID].Cents; got != 800 {
		t.Errorf("after a fall the open offer is %d, want 800", got)
	}
	if _, ok := q.add("samovar", 1); ok {
		t.Error("an article without a price was quoted")
	}
}

func TestOldQuotesLapse(t *testing.T) {
	q := newQuotes(newTariff(nil), -time.Second)
	q.add("timer", 1)
	q.add("timer", 1)
	if n := len(q.open); n != 1 {
		t.Errorf("%d offers are open, want the newest only", n)
	}
}

func testKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
