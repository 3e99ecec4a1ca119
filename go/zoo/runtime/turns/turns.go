// Package turns lets requests in by tokens that another process writes to a named pipe, or without when none come.
package turns

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Server lets requests in.
type Server struct {
	tokens *os.File
}

// New makes a server that reads its tokens from a pipe in a folder. Nobody writes to it.
func New(folder string) *Server {
	path := filepath.Join(folder, "tokens")
	if err := syscall.Mkfifo(path, 0o600); err != nil && err != syscall.EEXIST {
		panic(err)
	}
	tokens, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		panic(err)
	}
	return &Server{tokens}
}

// Routes adds the routes of turns to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /v1/enter", s.enter)
}

func (s *Server) enter(w http.ResponseWriter, r *http.Request) {
	if _, err := token(s.tokens, 100*time.Millisecond); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// token waits for the next token, but not for long.
func token(tokens *os.File, patience time.Duration) (byte, error) {
	if err := tokens.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return 0, err
	}
	var one [1]byte
	_, err := tokens.Read(one[:])
	return one[0], err
}
