// Package invoices counts what was sold, by region and product.
package invoices

import (
	"fmt"
	"log/slog"
	"net/http"
	"sync"
)

type sale struct {
	region, product string
}

// Book holds the counts.
type Book struct {
	mu      sync.Mutex
	regions map[string]*region
}

type region struct {
	name  string
	sold  map[string]int
	total int
}

// NewBook opens a book for the regions that the company sells in.
func NewBook(names ...string) *Book {
	b := &Book{regions: map[string]*region{}}
	for _, name := range names {
		b.regions[name] = &region{name: name, sold: map[string]int{}}
	}
	return b
}

// find returns the region of a name, which may be a new one.
func (b *Book) find(name string) *region {
	found, known := b.regions[name]
	if !known {
		found = &region{name: name}
		b.regions[name] = found
	}
	return found
}

// Add counts one sale.
func (b *Book) Add(s sale) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.find(s.region)
	r.total++
	r.sold[s.product]++
}

// Total says how much was sold in a region.
func (b *Book) Total(name string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.find(name).total
}

// Server answers for invoices.
type Server struct {
	log   *slog.Logger
	book  *Book
	sales chan sale
}

// New makes a server and the goroutine that keeps its book.
func New(log *slog.Logger) *Server {
	s := &Server{log: log, book: NewBook("eu-west", "eu-south", "us-east"), sales: make(chan sale, 64)}
	go s.keepBook()
	return s
}

// Routes adds the routes of invoices to mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /v1/invoices/{region}/{product}", s.create)
	mux.HandleFunc("GET /v1/invoices/{region}", s.total)
}

func (s *Server) keepBook() {
	for sold := range s.sales {
		s.book.Add(sold)
	}
}

func (s *Server) create(w http.ResponseWriter, r *http.Request) {
	sold := sale{r.PathValue("region"), r.PathValue("product")}
	select {
	case s.sales <- sold:
		w.WriteHeader(http.StatusAccepted)
	default:
		s.log.Warn("book is behind", "region", sold.region)
		http.Error(w, "try again", http.StatusServiceUnavailable)
	}
}

func (s *Server) total(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, s.book.Total(r.PathValue("region")))
}
