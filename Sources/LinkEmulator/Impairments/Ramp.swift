import ScenarioModel

/// A number that may change over a phase: constant, or from one value to another in a straight line.
struct Ramp: BitwiseCopyable {
    let from: Double
    let to: Double
    /// Nanoseconds from the first value to the second; 0 for a constant.
    let lengthNs: Int64

    /// Reads `5%`, or `{ from: 1%, to: 10%, over: 5s }`; `over` may be left out where the phase has an end.
    init(_ value: ScenarioValue, phaseLengthNs: Int64?, read: (ScenarioValue) throws -> Double) throws {
        guard case .mapping = value.content, value["from"] != nil || value["to"] != nil else {
            from = try read(value)
            to = from
            lengthNs = 0
            return
        }
        try value.requireKnownKeys(["from", "to", "over"])
        from = try read(try value.required("from"))
        to = try read(try value.required("to"))
        if let over = value["over"] {
            lengthNs = try over.nanoseconds(in: .milliseconds(1)...(.seconds(86_400)))
        } else if let phaseLengthNs {
            lengthNs = phaseLengthNs
        } else {
            throw value.error("a ramp without a length", allowed: "over: 5s, or a fault with 'for'")
        }
    }

    init(constant: Double) {
        from = constant
        to = constant
        lengthNs = 0
    }

    /// True when it is 0 all the time.
    var isZero: Bool { from == 0 && to == 0 }

    /// The value after some nanoseconds of the phase.
    @inline(__always)
    func value(at elapsed: Int64) -> Double {
        guard lengthNs > 0, elapsed < lengthNs else { return to }
        return from + (to - from) * Double(elapsed) / Double(lengthNs)
    }

    /// Checks what `init` would read, where no phase is known.
    static func validate(_ value: ScenarioValue, read: (ScenarioValue) throws -> Double) throws {
        _ = try Ramp(value, phaseLengthNs: 1, read: read)
    }
}

extension ScenarioValue {
    /// A duration in nanoseconds.
    func nanoseconds(in range: ClosedRange<Duration> = .zero...(.seconds(86_400))) throws -> Int64 {
        try duration(in: range).nanoseconds
    }
}

extension Duration {
    /// Whole nanoseconds.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
