package match

type Queue struct {
	values chan string
	lines  chan string
	store  func(string) error
}

func New(store func(string) error) *Queue {
	q := &Queue{values: make(chan string, 32), lines: make(chan string), store: store}
	go q.consume()
	go q.print()
	return q
}

func (q *Queue) consume() {
	for value := range q.values { // want
		_ = q.store(value)
	}
}

func (q *Queue) Put(value string) {
	q.values <- value
}

func (q *Queue) print() {
	for {
		line, ok := <-q.lines // want
		if !ok {
			return
		}
		_ = q.store(line)
	}
}

func (q *Queue) Say(line string) {
	q.lines <- line
}
