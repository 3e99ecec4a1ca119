package match

import (
	"errors"
	"fmt"
)

type Pipeline struct {
	jobs  chan int
	lines chan string
	store func(int) error
}

func (p *Pipeline) Start() {
	go p.consume()
	go p.print()
}

// The first error ends the consumer; nobody takes jobs after that.
func (p *Pipeline) consume() {
	for j := range p.jobs {
		if err := p.store(j); err != nil {
			fmt.Println(errors.Unwrap(err))
			return // want
		}
	}
}

func (p *Pipeline) Submit(j int) {
	p.jobs <- j
}

// A panic is caught outside the loop: the loop is over, the process lives.
func (p *Pipeline) print() {
	defer func() { // want
		if r := recover(); r != nil {
			fmt.Println("recovered", r)
		}
	}()
	for {
		line := <-p.lines
		fmt.Println(line[0])
	}
}

func (p *Pipeline) Say(line string) {
	p.lines <- line
}
