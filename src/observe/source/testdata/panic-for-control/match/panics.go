package match

import (
	"errors"
	"strconv"
)

var errNoNumber = errors.New("no number")

func number(word string) (n int, ok bool) {
	defer func() {
		if recover() != nil {
			n, ok = 0, false
		}
	}()
	return mustNumber(word), true
}

func mustNumber(word string) int {
	n, err := strconv.Atoi(word)
	if err != nil {
		panic(errNoNumber) // want
	}
	return n
}

type parser struct{ at int }

func (p *parser) catch(err *error) {
	if r := recover(); r != nil {
		*err = errNoNumber
	}
}

func (p *parser) parse(words []string) (err error) {
	defer p.catch(&err)
	for _, w := range words {
		p.word(w)
	}
	return nil
}

func (p *parser) word(w string) {
	if w == "" {
		panic("empty") // want
	}
	p.at += len(w)
}
