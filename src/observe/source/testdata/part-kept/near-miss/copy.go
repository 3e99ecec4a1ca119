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
	whole  map[string][]byte
	sizes  map[string]int
}

func (x *index) put(id string, r *http.Request) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	title, _, _ := strings.Cut(string(body), "\n")
	x.titles[id] = strings.Clone(title)
	// a conversion copies
	head, _, _ := bytes.Cut(body, []byte("\n"))
	x.titles[id+"-head"] = string(head)
	x.sizes[id] = len(title)
	return nil
}

func (x *index) head(path string) {
	data, _ := os.ReadFile(path)
	x.heads = append(x.heads, bytes.Clone(data[:16]), append([]byte(nil), data[16:32]...))
	// all of it is meant to be kept
	x.whole[path] = data
	x.titles[path] = strings.TrimSpace(string(data))
}

// what was read into may be used to its end
func (x *index) read(r io.Reader) error {
	buffer := make([]byte, 4096)
	n, err := r.Read(buffer)
	x.heads = append(x.heads, buffer[:n])
	return err
}

// a part that does not outlive the call
func first(path string) int {
	data, _ := os.ReadFile(path)
	var lines [][]byte
	for _, line := range bytes.Split(data, []byte("\n")) {
		lines = append(lines, line)
	}
	return len(lines)
}

func (x *index) mark(path string) {
	data, _ := os.ReadFile(path)
	x.magic(data)
	x.trailer(data)
	x.both(path, data)
}

func (x *index) magic(data []byte) { x.heads = append(x.heads, bytes.Clone(data[:4])) }

// what is cut is a copy
func (x *index) trailer(data []byte) {
	data = bytes.Clone(data[len(data)-8:])
	x.heads = append(x.heads, data[:4])
}

// all of it is meant to be kept
func (x *index) both(path string, data []byte) {
	x.whole[path] = data
	x.heads = append(x.heads, data[:4])
}
