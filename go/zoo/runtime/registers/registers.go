// Package registers writes up many accounts at once.
package registers

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"strconv"
	"sync"
	"time"
)

type account struct {
	mu      sync.Mutex
	balance int
}

func (a *account) book(amount int) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.balance += amount
	return a.balance
}

// Server answers for registers.
type Server struct{ accounts []*account }

// New makes a server with some accounts.
func New() *Server {
	s := &Server{}
	for range 64 {
		s.accounts = append(s.accounts, &account{})
	}
	return s
}

// Routes adds the routes of registers to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/registers/{id}", s.write)
}

func (s *Server) write(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(r.PathValue("id"))
	total := s.settle(n)
	fmt.Fprintln(w, total)
}

// settle books one turn on eight accounts, lowest first, and reports it.
func (s *Server) settle(turn int) int {
	first := turn % 8
	total := 0
	for i := range 8 {
		total += s.accounts[first+i].book(turn % 7)
	}
	report(turn, total)
	return total
}

// report hands the result to the archive, which takes its time.
func report(turn, total int) {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %d", turn, total)
	time.Sleep(45 * time.Millisecond)
}
