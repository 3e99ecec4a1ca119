module example.test/leaknilchan

go 1.24
