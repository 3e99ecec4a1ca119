// Package telemetry is what every service of the fleet has: a log with a clock of its own, trace context, a server and a client that log.
package telemetry

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
)

// Span is where a request stands in its trace (W3C Trace Context).
type Span struct{ Trace, ID, Parent string }

type spanKey struct{}

// With puts a span into a context.
func With(ctx context.Context, s Span) context.Context { return context.WithValue(ctx, spanKey{}, s) }

// From is the span of a context; empty outside of a request.
func From(ctx context.Context) Span {
	s, _ := ctx.Value(spanKey{}).(Span)
	return s
}

// Child is a span below s, in a new trace when s is empty.
func (s Span) Child() Span {
	if s.Trace == "" {
		return Span{Trace: hexBytes(16), ID: hexBytes(8)}
	}
	return Span{Trace: s.Trace, ID: hexBytes(8), Parent: s.ID}
}

// Header is the traceparent that carries s.
func (s Span) Header() string { return "00-" + s.Trace + "-" + s.ID + "-01" }

// Incoming is the span of who sent a request; empty when its traceparent is missing or not valid.
func Incoming(r *http.Request) Span {
	h := r.Header.Get("traceparent")
	if len(h) != 55 || h[:3] != "00-" || h[35] != '-' || h[52] != '-' || !lowerHex(h[3:35]) || !lowerHex(h[36:52]) {
		return Span{}
	}
	if h[3:35] == "00000000000000000000000000000000" || h[36:52] == "0000000000000000" {
		return Span{}
	}
	return Span{Trace: h[3:35], ID: h[36:52]}
}

func lowerHex(s string) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

func hexBytes(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return hex.EncodeToString(b)
}
