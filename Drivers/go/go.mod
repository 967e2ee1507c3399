// What the Go drivers share; their go.mod point here.
module crosswind.local/driver

go 1.19
