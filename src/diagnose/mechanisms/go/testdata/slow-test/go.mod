module example.test/testtimeoutslow

go 1.24
