package pkg

import (
	"bytes"
	"fmt"
	"sync"
)

type session struct {
	out  bytes.Buffer
	last bytes.Buffer
}

func (s *session) encode(rows int) int {
	s.out.Reset()
	for i := range rows {
		fmt.Fprintln(&s.out, i)
	}
	n := s.out.Len()
	if s.out.Cap() > 64<<10 {
		s.out = bytes.Buffer{}
	}
	return n
}

// replaced where it is no longer wanted
func (s *session) again() { s.last.Reset() }
func (s *session) idle()  { s.last = bytes.Buffer{} }

var pool = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func render(rows int) string {
	b := pool.Get().(*bytes.Buffer)
	defer put(b)
	for i := range rows {
		fmt.Fprintln(b, i)
	}
	return b.String()
}

func put(b *bytes.Buffer) {
	if b.Cap() > 64<<10 {
		return
	}
	b.Reset()
	pool.Put(b)
}

// a buffer of the call alone
func join(rows int) string {
	var b bytes.Buffer
	for i := range rows {
		b.Reset()
		fmt.Fprintln(&b, i)
	}
	return b.String()
}

var counters = sync.Pool{New: func() any { return new(int) }}

func count() {
	n := counters.Get().(*int)
	counters.Put(n)
}
