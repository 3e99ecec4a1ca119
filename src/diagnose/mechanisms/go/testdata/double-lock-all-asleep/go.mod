module example.test/asleepdlock

go 1.24
