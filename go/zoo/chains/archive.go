package main

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

func init() {
	roles["convoy-traced orders"] = archivingOrders
	roles["convoy-traced archive"] = func(s *service) { varying(s, "/archive", 5*time.Millisecond, 20*time.Millisecond) }
}

// folder keeps what was ordered, here and in the archive, in one order.
type folder struct {
	mu    sync.Mutex
	lines []string
}

func (f *folder) file(url, line string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lines = append(f.lines, line)
	res, err := http.Post(url, "text/plain", strings.NewReader(line))
	if err != nil {
		return err
	}
	return res.Body.Close()
}

// archivingOrders files each order before it answers.
func archivingOrders(s *service) {
	f := &folder{}
	s.mux.HandleFunc("POST /orders", s.handle("/orders", func(w http.ResponseWriter, r *http.Request) (int, error) {
		return passOn(w, "file order", f.file(at("archive")+"/archive", traceOf(r.Context())))
	}))
	s.serve(nil)
}
