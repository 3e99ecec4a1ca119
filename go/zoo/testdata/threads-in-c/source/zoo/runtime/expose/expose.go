// Package expose serves /debug/pprof/ with nothing but the standard library, so that a module with an old go line builds with it.
package expose

import (
	"fmt"
	"net/http"
	_ "net/http/pprof" // the routes
	"os"
)

// Listen serves http.DefaultServeMux until the process ends.
func Listen(addr string) {
	fmt.Fprintln(os.Stderr, "listening on", addr)
	if err := http.ListenAndServe(addr, nil); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
