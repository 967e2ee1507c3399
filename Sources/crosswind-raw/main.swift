import Glibc
import RawClient
import SystemCalls

// The driver over Crosswind's own wire-level producer: docs/driver-protocol.md says what it speaks, docs/raw-producer.md
// what its properties are.
if CommandLine.arguments.dropFirst().first == "--version" {
    print("raw \(Driver.version)")
    ProcessEnd.now(EXIT_SUCCESS)
} else {
    Driver.run()
}
