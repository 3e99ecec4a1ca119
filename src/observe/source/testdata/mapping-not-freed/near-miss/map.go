package pkg

import "syscall"

type segment struct{ data []byte }

func mapped(length int) (*segment, error) {
	data, err := syscall.Mmap(-1, 0, length, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return nil, err
	}
	return &segment{data}, nil
}

func forget(all map[string]*segment, name string) error {
	s := all[name]
	delete(all, name)
	return syscall.Munmap(s.data)
}
