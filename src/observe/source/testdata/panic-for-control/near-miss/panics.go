package nearmiss

import (
	"errors"
	"net/http"
	"strconv"
)

// Guards what others do.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if recover() != nil {
				w.WriteHeader(http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// An error.
func number(word string) (n int, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("broken")
		}
	}()
	return strconv.Atoi(word)
}

// Nobody recovers.
func mustNumber(word string) int {
	n, err := strconv.Atoi(word)
	if err != nil {
		panic(err)
	}
	return n
}

func sum(words []string) (n int) {
	for _, w := range words {
		n += mustNumber(w)
	}
	return n
}

// It cleans up and goes on panicking.
func tidy(words []string) int {
	defer func() {
		if r := recover(); r != nil {
			clear(words)
			panic(r)
		}
	}()
	return mustNumber(words[0])
}
