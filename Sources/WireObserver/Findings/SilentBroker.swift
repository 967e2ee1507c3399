import EvidenceModel

/// Finding `broker_silent`: requests that the broker's TCP acknowledged and that Kafka answered late or never, as when its process
/// is paused, swapped out or waits for a disk.
enum SilentBroker {
    /// Brokers answer in milliseconds; a wait for replicas may take seconds.
    private static let longNs: Int64 = 5_000_000_000

    /// A client that closes a connection sooner than this had another reason.
    private static let leastUnansweredNs: Int64 = 2_000_000_000

    private struct Sum {
        var late = 0
        var never = 0
        var longestNs: Int64 = 0
        var firstNs = Int64.max
    }

    static func add(_ observer: CaptureObserver, to list: inout FindingList) {
        let endNs = observer.counts.lastPacketUs * 1000
        var sums: [ObservedConnection.Endpoint: Sum] = [:]
        for index in observer.log.attempts.indices {
            let attempt = observer.log.attempts[index]
            // What TCP had to send again was acknowledged late: the path's doing.
            guard attempt.flags.contains(.requestAcknowledged), attempt.retransmissions.request == 0, attempt.acks != 0
            else { continue }
            let isAnswered = attempt.flags.contains(.answered)
            let connection = observer.log.connections[Int(attempt.connection)]
            let untilNs = isAnswered ? attempt.answerNs : min(connection.closedNs ?? endNs, endNs)
            guard untilNs - attempt.requestNs >= (isAnswered ? longNs : leastUnansweredNs) else { continue }
            var sum = sums[connection.broker] ?? Sum()
            if isAnswered { sum.late += 1 } else { sum.never += 1 }
            sum.longestNs = max(sum.longestNs, untilNs - attempt.requestNs)
            sum.firstNs = min(sum.firstNs, attempt.requestNs)
            sums[connection.broker] = sum
        }
        for (broker, sum) in sums {
            list.add(
                "broker_silent", sum.firstNs,
                "the TCP of \(WireAnalysis.text(broker)) acknowledged \(InspectText.count(sum.late + sum.never, "batch")) that"
                    + " Kafka answered after more than 5 s (\(sum.late)) or not while the connection lasted (\(sum.never)); the"
                    + " longest wait was \(InspectText.seconds(us: sum.longestNs / 1000)): its process was paused or overloaded,"
                    + " or its answers were lost on the way")
        }
    }
}
