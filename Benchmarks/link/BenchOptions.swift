import Foundation

/// What the command line asks for.
struct BenchOptions {
    /// Shorter runs, for a first look.
    var isQuick = false
    var jsonPath: String?
    /// Names of the parts to run; empty: all.
    var only: Set<String> = []
    var soakSeconds: Double?

    mutating func parse(_ arguments: [String]) throws {
        var rest = arguments[...]
        func value(_ name: String) throws -> String {
            guard let value = rest.popFirst() else { throw BenchError("\(name) needs a value") }
            return value
        }
        while let argument = rest.popFirst() {
            switch argument {
            case "--quick": isQuick = true
            case "--json": jsonPath = try value(argument)
            case "--only": only.insert(try value(argument))
            case "--soak":
                guard let seconds = Double(try value(argument)), seconds > 0 else {
                    throw BenchError("--soak needs a number of seconds")
                }
                soakSeconds = seconds
            default: throw BenchError("unknown option \(argument); allowed: --quick, --json, --only, --soak")
            }
        }
    }
}
