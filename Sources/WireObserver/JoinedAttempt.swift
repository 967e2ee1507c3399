/// One attempt as both ends saw it: where each capture noted it. The number -1 stands for a capture that did not.
struct JoinedAttempt {
    /// Number of the attempt among those of all captures, in the order of the captures.
    var client: Int32
    var broker: Int32
    /// When the request was sent, or arrived where only the broker's side saw it.
    var timeNs: Int64
}

/// The attempts of several captures under one numbering.
struct AttemptIndex {
    let observers: [CaptureObserver]
    private let logs: [ObservationLog]
    /// Number of each capture's first attempt.
    let first: [Int]

    init(_ observers: [CaptureObserver]) {
        self.observers = observers
        logs = observers.map(\.log)
        var next = 0
        first = observers.map { observer in
            defer { next += observer.log.attempts.count }
            return next
        }
    }

    /// The capture that noted an attempt.
    func capture(of number: Int32) -> Int {
        var capture = first.count - 1
        while capture > 0, first[capture] > Int(number) { capture -= 1 }
        return capture
    }

    subscript(number: Int32) -> ObservedAttempt {
        if first.count == 1 { return logs[0].attempts[Int(number)] }
        let capture = capture(of: number)
        return logs[capture].attempts[Int(number) - first[capture]]
    }

    /// The connection of an attempt.
    func connection(_ number: Int32) -> ObservedConnection {
        let capture = capture(of: number)
        let attempt = logs[capture].attempts[Int(number) - first[capture]]
        return logs[capture].connections[Int(attempt.connection)]
    }
}
