module example.test/abbaotherinstances

go 1.24
