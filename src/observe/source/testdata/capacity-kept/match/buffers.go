package pkg

import (
	"bytes"
	"fmt"
	"sync"
)

type session struct {
	out bytes.Buffer
	raw []byte
}

func (s *session) encode(rows int) int {
	s.out.Reset() // want
	for i := range rows {
		fmt.Fprintln(&s.out, i)
	}
	return s.out.Len()
}

func (s *session) collect(parts [][]byte) []byte {
	s.raw = s.raw[:0] // want
	for _, p := range parts {
		s.raw = append(s.raw, p...)
	}
	return s.raw
}

var pool = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func render(rows int) string {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	for i := range rows {
		fmt.Fprintln(b, i)
	}
	text := b.String()
	pool.Put(b) // want
	return text
}
