module shop/races

go 1.21
