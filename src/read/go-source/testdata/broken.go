package broken

func whole(ch chan int) {
	ch <- 1
}

func torn(ch chan int) {
	if ch == nil {
		ch <- 
	for {
}

func after(ch chan int) int {
	return <-ch
}
