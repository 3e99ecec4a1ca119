package nearmiss

// Two literals leave it out: which of them it was is not certain.
type twice struct{ seen map[string]int }

func firstTwice() *twice  { return &twice{} }
func secondTwice() *twice { return &twice{} }
func (t *twice) add(k string) {
	t.seen[k]++
}

// It is made later.
type late struct{ rows map[string]int }

func newLate() *late { return &late{} }
func (l *late) open() {
	l.rows = map[string]int{}
}
func (l *late) add(k string) { l.rows[k] = 1 }

// A zero value is made without a literal.
type zero struct{ marks map[string]int }

func newZero() *zero {
	var z zero
	return &z
}
func otherZero() *zero       { return &zero{} }
func (z *zero) add(k string) { z.marks[k] = 1 }

// Others may make one.
type Open struct{ items map[string]int }

func NewOpen() *Open         { return &Open{} }
func (o *Open) Add(k string) { o.items[k] = 1 }

// The other literal may leave it nil as well.
type given struct{ tags map[string]int }

func newGiven(tags map[string]int) *given { return &given{tags: tags} }
func emptyGiven() *given                  { return &given{} }
func (g *given) add(k string)             { g.tags[k] = 1 }

// Elements of a literal make values without naming the type.
type listed struct{ codes map[string]int }

var all = map[string]*listed{"a": {}, "b": {}}

func newListed() *listed       { return &listed{} }
func (l *listed) add(k string) { l.codes[k] = len(all) }

func Use() {
	firstTwice().add("a")
	secondTwice().add("a")
	l := newLate()
	l.open()
	l.add("a")
	newZero().add("a")
	otherZero().add("a")
	newGiven(nil).add("a")
	emptyGiven().add("a")
	newListed().add("a")
}
