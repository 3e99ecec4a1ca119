package nearmiss

import (
	"net/http"
	"strings"
	"sync"
)

type Prices struct {
	mu     sync.Mutex
	client *http.Client
	cache  map[string]int
}

// The lock is given back before the call and taken again after it.
func (p *Prices) Price(sku string) (int, error) {
	p.mu.Lock()
	n, ok := p.cache[sku]
	p.mu.Unlock()
	if ok {
		return n, nil
	}
	resp, err := p.client.Get("http://catalogue/" + sku)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cache[sku] = int(resp.ContentLength)
	return p.cache[sku], nil
}

// Memory only.
func (p *Prices) Has(sku string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, ok := p.cache[strings.ToUpper(sku)]
	return ok
}

// Started with the lock held, run without it.
func (p *Prices) Warm(sku string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	go func() {
		resp, err := p.client.Get("http://catalogue/" + sku)
		if err == nil {
			resp.Body.Close()
		}
	}()
}

// Locked in one branch only: not surely held at the call.
func (p *Prices) Maybe(lock bool) {
	if lock {
		p.mu.Lock()
		p.mu.Unlock()
	}
	resp, err := p.client.Get("http://catalogue/")
	if err == nil {
		resp.Body.Close()
	}
}
