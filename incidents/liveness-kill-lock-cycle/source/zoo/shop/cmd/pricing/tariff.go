package main

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"sync"
)

// tariff is the price list in force. It is signed, so that the tills accept it.
type tariff struct {
	mu        sync.Mutex
	version   int
	cents     map[string]int
	key       *rsa.PrivateKey
	signature []byte
	listeners []func(sku string, cents int)
}

func newTariff(key *rsa.PrivateKey) *tariff {
	return &tariff{version: 1, key: key, cents: map[string]int{
		"teapot": 2450, "kettle": 3900, "sieve": 490, "oolong": 1250, "assam": 890, "matcha": 1990, "saucer": 350, "timer": 1190,
	}}
}

// onChange has f called for every price that a revision changes.
func (t *tariff) onChange(f func(sku string, cents int)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.listeners = append(t.listeners, f)
}

// price is an article's price now.
func (t *tariff) price(sku string) (cents, version int, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	cents, ok = t.cents[sku]
	return cents, t.version, ok
}

// revise puts new prices into force and tells everybody who has to know.
func (t *tariff) revise(prices map[string]int) (version int, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.signature, err = t.sign(prices); err != nil {
		return t.version, err
	}
	t.version++
	for sku, cents := range prices {
		if t.cents[sku] == cents {
			continue
		}
		t.cents[sku] = cents
		for _, tell := range t.listeners {
			tell(sku, cents)
		}
	}
	return t.version, nil
}

func (t *tariff) sign(prices map[string]int) ([]byte, error) {
	list, err := json.Marshal(prices)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(list)
	return rsa.SignPKCS1v15(rand.Reader, t.key, crypto.SHA256, sum[:])
}

// check is the liveness probe: without prices the service is of no use.
func (t *tariff) check(context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.cents) == 0 {
		return errors.New("no tariff")
	}
	return nil
}
