// Command callbacks calls C, which calls back, also from threads that C made: goroutines that are born and die within system calls.
//
//	callbacks -out trace.out
package main

/*
#cgo LDFLAGS: -lpthread
#include <pthread.h>
#include <unistd.h>

extern void called(int);

static void *body(void *argument) {
	for (int i = 0; i < 3; i++) {
		called((int)(long)argument);
		usleep(500);
	}
	return 0;
}

static void fromThreads(void) {
	pthread_t threads[3];
	for (long i = 0; i < 3; i++) pthread_create(&threads[i], 0, body, (void *)i);
	for (int i = 0; i < 3; i++) pthread_join(threads[i], 0);
}

static void fromHere(void) { called(-1); }
*/
import "C"

import (
	"flag"
	"log"
	"os"
	"runtime"
	"runtime/trace"
	"sync"
	"time"
)

//export called
func called(from C.int) {
	if from%2 == 0 {
		runtime.Gosched()
	} else {
		time.Sleep(100 * time.Microsecond)
	}
}

func main() {
	log.SetFlags(0)
	out := flag.String("out", "trace.out", "where the trace goes")
	flag.Parse()
	file, err := os.Create(*out)
	if err != nil {
		log.Fatal(err)
	}
	C.fromThreads()
	if err := trace.Start(file); err != nil {
		log.Fatal(err)
	}
	var all sync.WaitGroup
	for i := 0; i < 4; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for end := time.Now().Add(1200 * time.Millisecond); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
				C.fromHere()
				C.fromThreads()
			}
		}()
	}
	all.Wait()
	trace.Stop()
	if err := file.Close(); err != nil {
		log.Fatal(err)
	}
}
