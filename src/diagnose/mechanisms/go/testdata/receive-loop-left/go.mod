module example.test/leakerrloop

go 1.24
