module example.org/match

go 1.19
