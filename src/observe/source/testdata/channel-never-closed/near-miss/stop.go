package nearmiss

func (p *Pool) Stop() { shut(p.tasks) }

func shut(tasks chan task) { close(tasks) }
