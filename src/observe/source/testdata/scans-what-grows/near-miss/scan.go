package nearmiss

type book struct {
	names  []string
	fixed  []string
	known  map[string]bool
	recent []string
}

// Filled once.
func newBook(fixed []string) *book {
	b := &book{known: map[string]bool{}}
	b.fixed = append(b.fixed, fixed...)
	return b
}

func (b *book) isFixed(name string) bool {
	for _, f := range b.fixed {
		if f == name {
			return true
		}
	}
	return false
}

// Looked up, not gone through.
func (b *book) add(name string) bool {
	if b.known[name] {
		return false
	}
	b.known[name] = true
	return true
}

// Cut again.
func (b *book) visit(name string) int {
	b.recent = append(b.recent, name)
	if len(b.recent) > 100 {
		b.recent = b.recent[1:]
	}
	same := 0
	for _, r := range b.recent {
		if r == name {
			same++
		}
	}
	return same
}

// Of the call's own.
func distinct(names []string) int {
	var seen []string
	for _, n := range names {
		fresh := true
		for _, s := range seen {
			if s == n {
				fresh = false
			}
		}
		if fresh {
			seen = append(seen, n)
		}
	}
	return len(seen)
}
