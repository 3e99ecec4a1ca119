module example.test/treetwoinstances

go 1.24
