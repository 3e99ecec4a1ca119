// Command expvars serves what package expvar serves and keeps ever more documents; it prints /debug/vars, or saves it a few times.
//
//	expvars > vars.json
//	expvars -times 8 -every 4s -into FOLDER
package main

import (
	"expvar"
	"flag"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"
)

var kept []string

func main() {
	times := flag.Int("times", 1, "how often")
	every := flag.Duration("every", time.Second, "how far apart")
	into := flag.String("into", "", "where the answers go, each with its time in its name")
	flag.Parse()
	requests := expvar.NewInt("requests")
	codes := expvar.NewMap("answers by code")
	server := httptest.NewServer(http.DefaultServeMux)
	defer server.Close()
	for i := range *times {
		if i > 0 {
			time.Sleep(*every)
		}
		requests.Add(27)
		codes.Add("200", 26)
		codes.AddFloat("500", 1)
		for range 60 {
			kept = append(kept, strings.Repeat("document ", 12_000))
		}
		answer, err := http.Get(server.URL + "/debug/vars")
		if err != nil {
			log.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			log.Fatal(err)
		}
		if *into == "" {
			os.Stdout.Write(body)
			continue
		}
		name := "vars-" + time.Now().UTC().Format("20060102T150405.000Z") + ".json"
		if err := os.WriteFile(filepath.Join(*into, name), body, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}
