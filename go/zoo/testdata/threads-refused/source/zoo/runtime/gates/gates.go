// Package gates lets requests in by tokens that another process writes to a named pipe.
package gates

import (
	"net/http"
	"path/filepath"
	"syscall"
)

// Server lets requests in.
type Server struct {
	fd int
}

// New makes a server that reads its tokens from a pipe in a folder. Nobody writes to it.
func New(folder string) *Server {
	path := filepath.Join(folder, "tokens")
	if err := syscall.Mkfifo(path, 0o600); err != nil && err != syscall.EEXIST {
		panic(err)
	}
	fd, err := syscall.Open(path, syscall.O_RDWR, 0)
	if err != nil {
		panic(err)
	}
	return &Server{fd}
}

// Routes adds the routes of gates to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /v1/enter", s.enter)
}

func (s *Server) enter(w http.ResponseWriter, r *http.Request) {
	if _, err := token(s.fd); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// token waits for the next token.
func token(fd int) (byte, error) {
	var one [1]byte
	_, err := syscall.Read(fd, one[:])
	return one[0], err
}
