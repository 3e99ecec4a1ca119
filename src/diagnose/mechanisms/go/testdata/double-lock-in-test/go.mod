module example.test/testtimeoutdlock

go 1.24
