package pkg

import (
	"os"
	"syscall"
)

func exclusive(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX) // want
}

func read(fd int, b []byte) (int, error) {
	return syscall.Read(fd, b) // want
}

func whole(f *os.File) error {
	lock := syscall.Flock_t{Type: syscall.F_WRLCK}
	return syscall.FcntlFlock(f.Fd(), syscall.F_SETLKW, &lock) // want
}
