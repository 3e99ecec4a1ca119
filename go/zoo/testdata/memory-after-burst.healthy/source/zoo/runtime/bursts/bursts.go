// Package bursts makes a large report now and then, and forgets it at once.
package bursts

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// Server makes reports.
type Server struct{}

// New makes a server.
func New() *Server { return &Server{} }

// report makes a report of so many rows.
func report(rows int) int {
	lines := make([]string, 0, rows)
	for i := range rows {
		lines = append(lines, fmt.Sprintf("row %d of a report that somebody asked for", i))
	}
	return len(strings.Join(lines, "\n"))
}

// Routes adds the routes of bursts to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/report", func(w http.ResponseWriter, r *http.Request) {
		rows, err := strconv.Atoi(r.FormValue("rows"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		fmt.Fprintln(w, report(rows))
	})
}
