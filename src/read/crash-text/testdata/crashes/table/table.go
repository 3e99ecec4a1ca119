// Package table holds what the failing subcommands share.
package table

// Row is one entry.
type Row struct {
	Name  string
	Price map[string]int
	Next  *Row
}

// Set writes into the map as it is.
func (r *Row) Set(currency string, price int) { r.Price[currency] = price }

// Last follows Next to the end.
func (r *Row) Last() *Row {
	for r.Next.Name != "" {
		r = r.Next
	}
	return r
}

// Pick is generic: its symbol carries [...].
func Pick[T any](values []T, n int) T { return values[n] }

// Depth never returns.
//
//go:noinline
func Depth(r *Row, n int) int { return Depth(r, n+1) + 1 }
