module example.test/fptwopools

go 1.24
