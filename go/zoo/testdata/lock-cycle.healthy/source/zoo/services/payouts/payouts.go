// Package payouts moves money between accounts.
package payouts

import (
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
)

type account struct {
	id        int
	mu        sync.Mutex
	cents     int64
	statement []byte
	seal      [32]byte
}

// Server answers for payouts.
type Server struct {
	log      *slog.Logger
	accounts []*account
}

// New makes a server with a few accounts.
func New(log *slog.Logger) *Server {
	s := &Server{log: log}
	for id := range 6 {
		s.accounts = append(s.accounts, &account{id: id, cents: 100_000, statement: make([]byte, 5<<19)})
	}
	return s
}

// Routes adds the routes of payouts to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /v1/transfers/{from}/{to}", s.create)
}

func (s *Server) create(w http.ResponseWriter, r *http.Request) {
	from, to := s.account(r.PathValue("from")), s.account(r.PathValue("to"))
	if from == nil || to == nil || from == to {
		http.Error(w, "unknown account", http.StatusNotFound)
		return
	}
	s.move(from, to, 100)
	fmt.Fprintln(w, "moved")
}

func (s *Server) account(id string) *account {
	n, err := strconv.Atoi(id)
	if err != nil || n < 0 || n >= len(s.accounts) {
		return nil
	}
	return s.accounts[n]
}

// move takes cents from one account and adds them to another; nobody sees the money in both or in neither.
func (s *Server) move(from, to *account, cents int64) {
	first, second := from, to
	if second.id < first.id {
		first, second = second, first
	}
	first.mu.Lock()
	defer first.mu.Unlock()
	second.mu.Lock()
	defer second.mu.Unlock()
	from.sign()
	from.cents -= cents
	to.cents += cents
	to.sign()
}

// sign seals the statement of an account, which must be locked.
func (a *account) sign() {
	a.seal = sha256.Sum256(a.statement)
}
