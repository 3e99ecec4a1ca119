module example.test/sold

go 1.26
