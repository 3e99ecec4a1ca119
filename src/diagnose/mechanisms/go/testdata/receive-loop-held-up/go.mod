module example.test/fpslowloopreceiver

go 1.24
