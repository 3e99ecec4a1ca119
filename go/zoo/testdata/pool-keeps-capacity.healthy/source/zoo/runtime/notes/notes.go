// Package notes prints notes for users whose connections are slow, with buffers out of a pool.
package notes

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// print writes so many lines into a buffer of the pool, and hands it to send.
func print(lines int, send func([]byte)) {
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	for i := range lines {
		fmt.Fprintf(b, "%08d a line of a slip that somebody asked for\n", i)
	}
	send(b.Bytes())
	if b.Cap() <= 64<<10 {
		buffers.Put(b)
	}
}

// Routes adds the routes of notes to mux.
func Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/notes/{lines}", func(w http.ResponseWriter, r *http.Request) {
		lines, err := strconv.Atoi(r.PathValue("lines"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		print(lines, func(text []byte) {
			time.Sleep(time.Second) // as long as a slow connection takes
			fmt.Fprintln(w, len(text))
		})
	})
}
