module example.test/dlockmethod

go 1.24
