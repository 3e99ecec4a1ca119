// Package inventory is the client of the inventory service.
package inventory

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"gorca.dev/go/zoo/shop/internal/trace"
)

// Request asks for stock to be put aside for an order.
type Request struct {
	OrderID  string `json:"order_id"`
	SKU      string `json:"sku"`
	Quantity int    `json:"quantity"`
}

// Allocation is inventory's answer: which bins the goods are taken from.
type Allocation struct {
	ReservationID string `json:"reservation_id"`
	Region        string `json:"region"`
	Bins          []Bin  `json:"bins"`

	// Document is the answer as received; it is filed with the order.
	Document []byte `json:"-"`
}

// Bin is one storage place that was considered for an order.
type Bin struct {
	Code      string `json:"code"`
	Aisle     string `json:"aisle"`
	Available int    `json:"available"`
	Taken     int    `json:"taken"`
}

// Client talks to one inventory service. It is safe for concurrent use.
type Client struct {
	base string
	http *http.Client
}

// New makes a client for the service at base, for example http://inventory.
func New(base string) *Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 64
	t.IdleConnTimeout = 30 * time.Second
	return &Client{base: base, http: &http.Client{Transport: t, Timeout: 15 * time.Second}}
}

type reply struct {
	allocation *Allocation
	err        error
}

// Reserve puts stock aside. It returns when inventory has answered or ctx ends,
// whichever is first. A reservation that was sent is carried through: half of one
// would keep the goods blocked for everybody else.
func (c *Client) Reserve(ctx context.Context, req Request) (*Allocation, error) {
	replies := make(chan reply)
	go func() {
		allocation, err := c.post(context.WithoutCancel(ctx), req)
		replies <- reply{allocation, err}
	}()
	select {
	case r := <-replies:
		return r.allocation, r.err
	case <-ctx.Done():
		return nil, fmt.Errorf("reserve %s for order %s: %w", req.SKU, req.OrderID, ctx.Err())
	}
}

func (c *Client) post(ctx context.Context, req Request) (*Allocation, error) {
	body, err := json.Marshal(req)
	if err != nil {
		return nil, err
	}
	hr, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/reservations", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	hr.Header.Set("Content-Type", "application/json")
	hr.Header.Set("Idempotency-Key", req.OrderID)
	trace.Inject(ctx, hr.Header)
	resp, err := c.http.Do(hr)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	document, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("read allocation: %w", err)
	}
	if resp.StatusCode != http.StatusCreated {
		return nil, fmt.Errorf("inventory answered %s", resp.Status)
	}
	a := &Allocation{Document: document}
	if err := json.Unmarshal(document, a); err != nil {
		return nil, fmt.Errorf("decode allocation: %w", err)
	}
	return a, nil
}
