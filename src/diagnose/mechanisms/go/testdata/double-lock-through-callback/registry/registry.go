package registry

import "sync"

type Registry struct {
	sync.Mutex
	names []string
	hooks []func(string)
}

func New() *Registry { return &Registry{} }

func (r *Registry) OnAdd(f func(string)) {
	r.Lock()
	defer r.Unlock()
	r.hooks = append(r.hooks, f)
}

func (r *Registry) Len() int {
	r.Lock()
	defer r.Unlock()
	return len(r.names)
}

func (r *Registry) Add(name string) {
	r.Lock()
	defer r.Unlock()
	r.names = append(r.names, name)
	for _, h := range r.hooks {
		h(name)
	}
}
