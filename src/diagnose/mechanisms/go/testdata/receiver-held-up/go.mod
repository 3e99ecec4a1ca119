module example.test/fpslowreceiver

go 1.24
