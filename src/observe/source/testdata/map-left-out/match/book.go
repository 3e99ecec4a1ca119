package match

// preferences are how a customer wants to be told.
type preferences struct {
	address string
	muted   map[string]bool
}

type Book struct {
	byCustomer map[string]*preferences
}

func New() *Book {
	b := &Book{byCustomer: map[string]*preferences{}}
	b.byCustomer["c-1"] = &preferences{address: "c-1", muted: map[string]bool{}}
	b.byCustomer["c-2"] = &preferences{muted: make(map[string]bool)}
	return b
}

func (b *Book) find(customer string) *preferences {
	p, ok := b.byCustomer[customer]
	if !ok {
		p = &preferences{address: customer} // want
		b.byCustomer[customer] = p
	}
	return p
}

func (b *Book) Mute(customer, topic string) {
	b.find(customer).muted[topic] = true
}
