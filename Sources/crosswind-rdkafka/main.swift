import CRdkafka
import Glibc
import SystemCalls

// The driver over librdkafka: docs/driver-protocol.md says what it speaks.
if CommandLine.arguments.dropFirst().first == "--version" {
    print("librdkafka \(String(cString: rd_kafka_version_str()))")
    ProcessEnd.now(EXIT_SUCCESS)
} else {
    Driver.run()
}
