// Package atlases keeps the tiles of a map in memory, and draws them for whoever asks.
package atlases

import (
	"fmt"
	"net/http"
	"strconv"
)

const (
	tiles  = 60
	length = 1 << 20
)

// Server knows all tiles.
type Server struct {
	tiles [tiles][]byte
}

// New makes sixty tiles of a mebibyte each.
func New() *Server {
	s := &Server{}
	for i := range s.tiles {
		s.tiles[i] = make([]byte, length)
		for j := range s.tiles[i] {
			s.tiles[i][j] = byte(i * j)
		}
	}
	return s
}

// draw makes a picture of a part of a tile.
func (s *Server) draw(n int) []byte {
	picture := make([]byte, 64<<10)
	copy(picture, s.tiles[n%tiles][n%1000:])
	return picture
}

// Routes adds the routes of atlases to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/tiles/{n}", func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.PathValue("n"))
		if err != nil || n < 0 {
			http.Error(w, "no such tile", http.StatusNotFound)
			return
		}
		fmt.Fprintln(w, len(s.draw(n)))
	})
}
