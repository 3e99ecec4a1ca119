package main

import (
	"errors"
	"time"
)

type job struct{ id int }

func (j job) run(errs chan<- error) {
	time.Sleep(time.Millisecond)
	if j.id%2 == 0 {
		errs <- errors.New("even")
		return
	}
	errs <- nil
}

func runAll(jobs []job) error {
	errs := make(chan error)
	for _, j := range jobs {
		go j.run(errs)
	}
	for range jobs {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

func main() {
	for {
		_ = runAll([]job{{0}, {1}, {2}, {3}})
		time.Sleep(90 * time.Millisecond)
	}
}
