package trace

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestParse(t *testing.T) {
	const good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	s, ok := Parse(good)
	if !ok || s.TraceID != "4bf92f3577b34da6a3ce929d0e0e4736" || s.SpanID != "00f067aa0ba902b7" {
		t.Fatalf("Parse(%q) = %+v, %v", good, s, ok)
	}
	for _, bad := range []string{
		"", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
		"01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
		"00-00000000000000000000000000000000-00f067aa0ba902b7-01",
		"00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
		"00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
	} {
		if s, ok := Parse(bad); ok {
			t.Errorf("Parse(%q) accepted %+v", bad, s)
		}
	}
}

func TestStartContinuesTheCallersTrace(t *testing.T) {
	first := httptest.NewRequest(http.MethodGet, "/", nil)
	ctx, a := Start(first)
	second := httptest.NewRequest(http.MethodGet, "/", nil)
	Inject(ctx, second.Header)
	_, b := Start(second)
	if b.TraceID != a.TraceID || b.Parent != a.SpanID || b.SpanID == a.SpanID {
		t.Fatalf("caller %+v, callee %+v", a, b)
	}
}
