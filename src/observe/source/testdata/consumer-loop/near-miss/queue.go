package nearmiss

import "context"

type Queue struct {
	values  chan string
	bounded chan string
	pooled  chan string
	counted chan int
	total   int
	store   func(string) error
}

func (q *Queue) Start() {
	go q.take()
	go q.work()
	go q.help()
	go q.count()
}

// Its senders have another way.
func (q *Queue) take() {
	for value := range q.bounded {
		_ = q.store(value)
	}
}

func (q *Queue) Offer(ctx context.Context, value string) {
	select {
	case q.bounded <- value:
	case <-ctx.Done():
	}
}

// Another function takes from the same channel.
func (q *Queue) work() {
	for value := range q.pooled {
		_ = q.store(value)
	}
}

func (q *Queue) help() {
	for value := range q.pooled {
		_ = q.store(value + "!")
	}
}

func (q *Queue) Pool(value string) { q.pooled <- value }

// Nothing is called: it is done as soon as it took.
func (q *Queue) count() {
	for n := range q.counted {
		q.total += n
	}
}

func (q *Queue) Count(n int) { q.counted <- n }

// Once, not in a loop.
func (q *Queue) Once() {
	go func() { _ = q.store(<-q.values) }()
}

func (q *Queue) Put(value string) { q.values <- value }
