package pkg

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"strings"
)

type index struct {
	titles map[string]string
	heads  [][]byte
	last   string
}

var signatures = map[string][]byte{}

func (x *index) put(id string, r *http.Request) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	text := string(body)
	title, _, _ := strings.Cut(text, "\n")
	x.titles[id] = strings.TrimSpace(title) // want
	return nil
}

func (x *index) head(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	x.heads = append(x.heads, data[:16])  // want
	signatures[path] = data[len(data)-8:] // want
	return nil
}

func (x *index) words(path string) {
	data, _ := os.ReadFile(path)
	fields := strings.Fields(string(data))
	x.note(fields[0]) // want
	for _, line := range bytes.Split(data, []byte("\n")) {
		x.heads = append(x.heads, line) // want
	}
}

func (x *index) note(word string) { x.last = word }

type entry struct{ name string }

var entries = map[string]*entry{}

func record(path string) {
	data, _ := os.ReadFile(path)
	name, _, _ := strings.Cut(string(data), ":")
	entries[path] = &entry{name: name} // want
}

func (x *index) mark(path string) {
	data, _ := os.ReadFile(path)
	x.magic(data) // want
}

func (x *index) magic(data []byte) { x.heads = append(x.heads, data[:4]) }
