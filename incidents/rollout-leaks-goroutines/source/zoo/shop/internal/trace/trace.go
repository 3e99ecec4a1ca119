// Package trace carries W3C trace context between the services: one trace id for
// a customer's request, one span id for each service's part of it.
package trace

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"strings"
)

// Header is the name of the W3C trace context header.
const Header = "traceparent"

// Span is one service's part of a trace.
type Span struct {
	TraceID string // 32 lower-case hex digits
	SpanID  string // 16 lower-case hex digits
	Parent  string // the caller's span id, empty at the edge
}

type key struct{}

// Start opens a span below the one in the request's header, or a new trace.
func Start(r *http.Request) (context.Context, Span) {
	s := Span{SpanID: newID(8)}
	if up, ok := Parse(r.Header.Get(Header)); ok {
		s.TraceID, s.Parent = up.TraceID, up.SpanID
	} else {
		s.TraceID = newID(16)
	}
	return context.WithValue(r.Context(), key{}, s), s
}

// From returns the span that ctx belongs to.
func From(ctx context.Context) Span {
	s, _ := ctx.Value(key{}).(Span)
	return s
}

// Inject names ctx's span as the parent of an outgoing request.
func Inject(ctx context.Context, h http.Header) {
	if s := From(ctx); s.TraceID != "" {
		h.Set(Header, "00-"+s.TraceID+"-"+s.SpanID+"-01")
	}
}

// Parse reads a traceparent header of version 00.
func Parse(v string) (Span, bool) {
	p := strings.Split(v, "-")
	if len(p) != 4 || p[0] != "00" || !isID(p[1], 32) || !isID(p[2], 16) || len(p[3]) != 2 {
		return Span{}, false
	}
	return Span{TraceID: p[1], SpanID: p[2]}, true
}

func isID(s string, n int) bool {
	if len(s) != n || strings.Trim(s, "0") == "" {
		return false
	}
	return strings.Trim(s, "0123456789abcdef") == ""
}

func newID(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return hex.EncodeToString(b)
}
