import Foundation

// Measures the link beside a bare veth pair in the same run. Needs root, iproute2 and ethtool.
//
//     link-bench [--quick] [--json FILE] [--only NAME]... [--soak SECONDS]

// A flow ends by a shutdown under its writer.
signal(SIGPIPE, SIG_IGN)
var options = BenchOptions()
do {
    try options.parse(Array(CommandLine.arguments.dropFirst()))
    if let seconds = options.soakSeconds {
        try Soak.run(seconds: seconds, json: options.jsonPath)
    } else {
        try Benchmark(options).run()
    }
} catch {
    FileHandle.standardError.write(Data("link-bench: \(error)\n".utf8))
    exit(1)
}
