// Keeps what it is given: every tenth of a second a call whose body is neither read nor closed, to a peer that closes after its answer.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

func table(name string) {
	out, err := exec.Command("ss", "-tanp").Output()
	if err != nil {
		panic(err)
	}
	os.WriteFile(name, out, 0o644)
}

func main() {
	if os.Args[1] == "serve" {
		// closes each connection once its answer is written
		closing := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Connection", "close")
			fmt.Fprint(w, strings.Repeat("rate ", 20000))
		})
		go http.ListenAndServe("127.0.0.1:9090", closing)
		http.ListenAndServe("127.0.0.1:9091", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { time.Sleep(30 * time.Second) }))
		return
	}
	kind := os.Args[1]
	client := &http.Client{}
	var held []any
	for i := 0; i < 160; i++ {
		switch kind {
		case "leak":
			resp, err := client.Get("http://127.0.0.1:9090/")
			if err != nil {
				panic(err)
			}
			held = append(held, resp)
		case "reads":
			resp, err := client.Get("http://127.0.0.1:9090/")
			if err != nil {
				panic(err)
			}
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		case "busy":
			c, err := net.Dial("tcp", "127.0.0.1:9091")
			if err != nil {
				panic(err)
			}
			held = append(held, c)
		}
		if i == 79 {
			time.Sleep(time.Second)
			table(os.Args[2] + "-1.txt")
			time.Sleep(2 * time.Second)
		}
	}
	time.Sleep(time.Second)
	table(os.Args[2] + "-2.txt")
	_ = held
}
