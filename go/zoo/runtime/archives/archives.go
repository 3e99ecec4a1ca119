// Package archives writes tables to files.
package archives

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
)

type row struct {
	name   string
	amount int
	place  string
}

// Server answers for archives.
type Server struct {
	folder string
	rows   []row
}

// New makes a server with a table.
func New(folder string) *Server {
	s := &Server{folder: folder}
	for n := range 18_000 {
		s.rows = append(s.rows, row{fmt.Sprintf("row %d", n), n * 3, "depot"})
	}
	return s
}

// Routes adds the routes of archives to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/archives/{id}", s.export)
}

func (s *Server) export(w http.ResponseWriter, r *http.Request) {
	path := s.folder + "/archive-" + r.PathValue("id") + ".csv"
	if err := s.write(path); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer os.Remove(path)
	fmt.Fprintln(w, "written")
}

func (s *Server) write(path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	out := bufio.NewWriter(file)
	for _, r := range s.rows {
		if _, err := fmt.Fprintf(out, "%s,", r.name); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "%d,", r.amount); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "%s\n", r.place); err != nil {
			return err
		}
	}
	return out.Flush()
}
