module shop/waits

go 1.21
