module shop/crashes

go 1.21

require example.com/parts v1.0.0

replace example.com/parts => ./parts
