package nearmiss

import (
	"context"
	"fmt"
)

type Pipeline struct {
	jobs    chan int
	queue   chan int
	bounded chan int
	notes   chan string
	pooled  chan int
	store   func(int) error
}

func (p *Pipeline) Start(ctx context.Context) {
	go p.consume()
	go p.drain(ctx)
	go p.take()
	go p.note()
	for i := 0; i < 3; i++ {
		go p.work()
		go p.help()
	}
}

// An error is said and the loop goes on.
func (p *Pipeline) consume() {
	for j := range p.jobs {
		if err := p.store(j); err != nil {
			fmt.Println(err)
			continue
		}
	}
}

func (p *Pipeline) Submit(j int) { p.jobs <- j }

// It ends with the context or with the channel: an orderly end.
func (p *Pipeline) drain(ctx context.Context) {
	for {
		select {
		case j, ok := <-p.queue:
			if !ok {
				return
			}
			_ = j
		case <-ctx.Done():
			return
		}
	}
}

func (p *Pipeline) Queue(j int) { p.queue <- j }

// It may end, but its senders have another way.
func (p *Pipeline) take() {
	for j := range p.bounded {
		if p.store(j) != nil {
			return
		}
	}
}

func (p *Pipeline) Offer(ctx context.Context, j int) error {
	select {
	case p.bounded <- j:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// The panic is caught inside the loop.
func (p *Pipeline) note() {
	for n := range p.notes {
		p.say(n)
	}
}

func (p *Pipeline) say(n string) {
	defer func() { _ = recover() }()
	fmt.Println(n[0])
}

func (p *Pipeline) Note(n string) { p.notes <- n }

// Another function takes from the same channel.
func (p *Pipeline) work() {
	for j := range p.pooled {
		if p.store(j) != nil {
			return
		}
	}
}

func (p *Pipeline) help() {
	for j := range p.pooled {
		_ = j
	}
}

func (p *Pipeline) Pool(j int) { p.pooled <- j }
