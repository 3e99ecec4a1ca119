// Command lookups asks a C library for addresses, which waits for a server that does not answer.
package main

import (
	"flag"
	"fmt"
	"net/http"

	"gorca.dev/go/zoo/runtime/expose"
)

func resolve(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, lookup(r.FormValue("name")))
}

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address")
	flag.Parse()
	http.HandleFunc("/v1/resolve", resolve)
	expose.Listen(*listen)
}
