module example.test/oknilchan

go 1.24
