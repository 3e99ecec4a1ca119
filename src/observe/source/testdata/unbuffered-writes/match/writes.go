package match

import (
	"fmt"
	"io"
	"net"
	"os"
)

func Export(path string, rows []string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	for _, r := range rows {
		if _, err := fmt.Fprintf(file, "%s,", r); err != nil { // want
			return err
		}
		fmt.Fprintln(file)
	}
	return nil
}

func Send(conn net.Conn, parts [][]byte) error {
	for _, p := range parts {
		if _, err := conn.Write(p); err != nil { // want
			return err
		}
	}
	return nil
}

type journal struct{ file *os.File }

func (j *journal) all(lines []string) {
	for n := 0; n < len(lines); n++ {
		io.WriteString(j.file, lines[n]) // want
	}
}
