package pkg

import (
	"os"
	"syscall"
)

func exclusive(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

func whole(f *os.File) error {
	lock := syscall.Flock_t{Type: syscall.F_WRLCK}
	return syscall.FcntlFlock(f.Fd(), syscall.F_SETLK, &lock)
}

// the runtime's poller waits, or for a regular file nobody does
func read(f *os.File, b []byte) (int, error) { return f.Read(b) }

func id() int { return syscall.Getpid() }
