package inventory

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestReserve(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Idempotency-Key") != "o-1" {
			t.Errorf("Idempotency-Key = %q", r.Header.Get("Idempotency-Key"))
		}
		w.WriteHeader(http.StatusCreated)
		w.Write([]byte(`{"reservation_id":"r-7","region":"north","bins":[{"code":"A-1","taken":2}]}`))
	}))
	defer srv.Close()
	a, err := New(srv.URL).Reserve(context.Background(), Request{OrderID: "o-1", SKU: "tea", Quantity: 2})
	if err != nil {
		t.Fatal(err)
	}
	if a.ReservationID != "r-7" || len(a.Bins) != 1 || a.Bins[0].Taken != 2 || len(a.Document) == 0 {
		t.Fatalf("got %+v", a)
	}
}

func TestReserveEndsWithItsContext(t *testing.T) {
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-release }))
	defer srv.Close()
	defer close(release)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if _, err := New(srv.URL).Reserve(ctx, Request{OrderID: "o-2"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("err = %v", err)
	}
}

func TestReserveRefused(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	if a, err := New(srv.URL).Reserve(context.Background(), Request{OrderID: "o-3"}); err == nil {
		t.Fatalf("got %+v for an answer of 404", a)
	}
}
