import EvidenceModel

/// What the captures show of the Produce requests in an interval.
enum WireLoad {
    /// One Produce request: the attempts of its batches are one.
    struct Request {
        var connection: String
        var leftUs: Int64
        var reachedUs: Int64?
        var answeredUs: Int64?
        var backUs: Int64?
        var records = 0
        var bytes = 0
        var retransmissions = 0
    }

    private struct Key: Hashable {
        var connection: String
        var correlationID: Int32
    }

    static func observe(_ record: CellRecord, _ interval: Range<Int64>) -> PointObservation.Wire? {
        guard let evidence = record.wire else { return nil }
        let all = requests(evidence)
        let requests = all.filter { interval.contains($0.leftUs) }
        var wire = PointObservation.Wire()
        wire.requests = requests.count
        guard !requests.isEmpty else { return wire }
        let count = Double(requests.count)
        wire.recordsPerRequest = Double(requests.reduce(0) { $0 + $1.records }) / count
        let sizes = requests.map(\.records).sorted()
        wire.largeRequestRecords = Double(sizes[min(Int(0.95 * count), sizes.count - 1)])
        wire.bytesPerRequest = Double(requests.reduce(0) { $0 + $1.bytes }) / count
        wire.connections = Set(requests.map(\.connection)).count
        wire.retransmittedRequestShare = Double(requests.lazy.filter { $0.retransmissions > 0 }.count) / count
        inFlight(all, interval, &wire)
        times(requests, &wire)
        wire.brokerBusyShare = busyShare(
            all.compactMap { request in request.reachedUs.map { ($0, request.answeredUs ?? .max) } }, interval)
        losses(evidence, &wire)
        wire.unacknowledgedBytes = unacknowledged(evidence, interval)
        wire.wireBytesPerRecord = requests.reduce(0) { $0 + ipBytes($1.bytes) } / max(wire.recordsPerRequest * count, 1)
        return wire
    }

    /// Bytes of the IP packets of a request: its batches, about 100 bytes of request header, and 52 bytes of IP and TCP
    /// header with timestamps for each full or begun segment.
    private static func ipBytes(_ batchBytes: Int) -> Double {
        let bytes = Double(batchBytes) + 100
        return bytes + (bytes / TCPModel.segmentBytes).rounded(.up) * 52
    }

    static func requests(_ evidence: WireEvidence) -> [Request] {
        var requests: [Key: Request] = [:]
        for batch in evidence.batches {
            // A batch's header has 61 bytes; the length of its records is the second half of the hash.
            let bytes = (Int(batch.payloadHash.suffix(8), radix: 16) ?? 0) + 61
            for attempt in batch.attempts {
                guard let leftUs = attempt.requestLeftClientUs else { continue }
                let key = Key(connection: attempt.connection, correlationID: attempt.correlationID)
                var request =
                    requests[key]
                    ?? Request(
                        connection: attempt.connection, leftUs: leftUs, reachedUs: attempt.requestReachedBrokerUs,
                        answeredUs: attempt.ackLeftBrokerUs, backUs: attempt.ackReachedClientUs)
                request.records += Int(batch.recordCount)
                request.bytes += bytes
                request.retransmissions = max(
                    request.retransmissions, attempt.requestRetransmissions + attempt.ackRetransmissions)
                requests[key] = request
            }
        }
        return requests.values.sorted { ($0.leftUs, $0.connection) < ($1.leftUs, $1.connection) }
    }

    /// Of the connection with the most requests: how many were under way, and the most at once.
    private static func inFlight(_ all: [Request], _ interval: Range<Int64>, _ wire: inout PointObservation.Wire) {
        let length = Double(interval.upperBound - interval.lowerBound)
        for requests in Dictionary(grouping: all, by: \.connection).values {
            var changes: [(timeUs: Int64, by: Int)] = []
            for request in requests {
                let begin = max(request.leftUs, interval.lowerBound)
                let end = min(request.backUs ?? .max, interval.upperBound)
                guard begin < end else { continue }
                changes.append((begin, 1))
                changes.append((end, -1))
            }
            changes.sort { ($0.timeUs, $0.by) < ($1.timeUs, $1.by) }
            var now = 0
            var most = 0
            var area = 0.0
            var lastUs = interval.lowerBound
            for change in changes {
                area += Double(now) * Double(change.timeUs - lastUs)
                lastUs = change.timeUs
                now += change.by
                most = max(most, now)
            }
            if area / length > wire.inFlightMean { wire.inFlightMean = area / length }
            wire.inFlightMax = max(wire.inFlightMax, most)
        }
    }

    private static func times(_ requests: [Request], _ wire: inout PointObservation.Wire) {
        var roundTrips: [Int64] = []
        var transits: [Int64] = []
        var services: [Int64] = []
        for request in requests {
            guard let reached = request.reachedUs, let answered = request.answeredUs, let back = request.backUs else {
                continue
            }
            roundTrips.append(back - request.leftUs)
            services.append(max(answered - reached, 0))
            transits.append(max(back - request.leftUs - (answered - reached), 0))
        }
        guard !transits.isEmpty else { return }
        func mean(_ values: [Int64]) -> Double { values.reduce(0) { $0 + Double($1) } / Double(values.count) / 1000 }
        wire.roundTripMs = mean(roundTrips)
        wire.transitMs = mean(transits)
        wire.brokerMs = mean(services)
        wire.baseTransitMs = Double(transits.sorted()[transits.count / 20]) / 1000
    }

    /// Of the node with the most under way, the median over the slices in which something left.
    private static func unacknowledged(_ evidence: WireEvidence, _ interval: Range<Int64>) -> Int? {
        (evidence.crossings ?? []).filter { $0.direction == .clientToBroker }.compactMap { crossing -> Int? in
            let bytes = crossing.slices.filter { interval.contains($0.timeUs) }.compactMap(\.unacknowledgedBytes)
                .sorted()
            return bytes.isEmpty ? nil : bytes[bytes.count / 2]
        }.max()
    }

    private static func losses(_ evidence: WireEvidence, _ wire: inout PointObservation.Wire) {
        let client = evidence.captures.filter { $0.side == .client }
        let packets = client.reduce(0) { $0 + $1.packets }
        if packets > 0 {
            wire.retransmissionShare = Double(client.reduce(0) { $0 + $1.retransmittedSegments }) / Double(packets)
        }
        let outgoing = (evidence.crossings ?? []).filter { $0.direction == .clientToBroker }
        let sent = outgoing.reduce(0) { $0 + $1.sent }
        if sent > 0 { wire.lossShare = Double(outgoing.reduce(0) { $0 + $1.sent - $1.arrived }) / Double(sent) }
    }

    /// The share of an interval that stretches of time cover together.
    static func busyShare(_ stretches: [(Int64, Int64)], _ interval: Range<Int64>) -> Double {
        var covered: Int64 = 0
        var reach = interval.lowerBound
        for (begin, end) in stretches.sorted(by: { $0.0 < $1.0 }) {
            let from = max(begin, reach)
            let to = min(end, interval.upperBound)
            if to > from {
                covered += to - from
                reach = to
            }
        }
        return Double(covered) / Double(max(interval.upperBound - interval.lowerBound, 1))
    }
}
