// For releases that Debian does not package; `install RELEASE` names the release, and go.sum is made by it.
module crosswind.local/sarama-driver

go 1.19

require crosswind.local/driver v0.0.0

replace crosswind.local/driver => ../go
