package match

import (
	"context"
	"database/sql"
	"net/http"
	"os"
	"sync"
)

type Prices struct {
	mu     sync.Mutex
	client *http.Client
	db     *sql.DB
	cache  map[string]int
}

func (p *Prices) Price(sku string) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n, ok := p.cache[sku]; ok {
		return n, nil
	}
	resp, err := p.client.Get("http://catalogue/" + sku) // want
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	p.cache[sku] = int(resp.ContentLength)
	return p.cache[sku], nil
}

func (p *Prices) Save(ctx context.Context, sku string) error {
	p.mu.Lock()
	err := p.write(ctx, sku) // want
	p.mu.Unlock()
	return err
}

func (p *Prices) write(ctx context.Context, sku string) error {
	_, err := p.db.ExecContext(ctx, "update prices set n = $1 where sku = $2", p.cache[sku], sku)
	return err
}

// Unlock is deferred inside the loop's function: each round waits for the file.
func (p *Prices) Dump(skus []string) {
	for _, sku := range skus {
		func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			os.WriteFile(sku, nil, 0o600) // want
		}()
	}
}
