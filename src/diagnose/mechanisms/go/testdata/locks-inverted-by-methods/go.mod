module example.test/abbastructs

go 1.24
