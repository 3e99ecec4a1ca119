// Package tokens lends pictures out, and notes when one is no longer used by anybody.
package tokens

import (
	"fmt"
	"net/http"
	"runtime"
)

// Picture is lent out; the garbage collector tells when it is no longer used.
type Picture struct {
	name   string
	pixels []byte
}

// Lender lends pictures.
type Lender struct {
	returned chan string
}

// New makes a lender that notes the first hundred returns.
func New() *Lender {
	l := &Lender{returned: make(chan string)}
	go l.note(100)
	return l
}

// note takes what was returned until the book is full.
func (l *Lender) note(pages int) {
	book := make([]string, 0, pages)
	for len(book) < pages {
		book = append(book, <-l.returned)
	}
}

// lend makes a picture of 64 KiB.
func (l *Lender) lend(name string) *Picture {
	p := &Picture{name, make([]byte, 64<<10)}
	runtime.SetFinalizer(p, l.release)
	return p
}

// release is called by the runtime once nobody uses the picture.
func (l *Lender) release(p *Picture) {
	select {
	case l.returned <- p.name:
	default:
	}
}

// Routes adds the routes of tokens to mux.
func (l *Lender) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/pictures/{name}", func(w http.ResponseWriter, r *http.Request) {
		p := l.lend(r.PathValue("name"))
		fmt.Fprintln(w, len(p.pixels), p.name)
	})
}
