module example.test/dlockembedded

go 1.24
