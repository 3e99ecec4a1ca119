package nearmiss

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
)

// Through a buffer.
func Export(path string, rows []string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	out := bufio.NewWriter(file)
	for _, r := range rows {
		fmt.Fprintf(out, "%s,", r)
	}
	return out.Flush()
}

// Once.
func Header(file *os.File) { fmt.Fprintln(file, "name,amount") }

// Into memory.
func Text(rows []string) string {
	var b bytes.Buffer
	for _, r := range rows {
		fmt.Fprintln(&b, r)
	}
	return b.String()
}

// What it is nobody knows here.
func To(w io.Writer, rows []string) {
	for _, r := range rows {
		fmt.Fprintln(w, r)
	}
}
