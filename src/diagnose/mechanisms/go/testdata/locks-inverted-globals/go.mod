module example.test/abbaglobals

go 1.24
