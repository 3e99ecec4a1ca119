module example.test/rwupgrade

go 1.24
