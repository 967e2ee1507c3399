import EvidenceModel
import KafkaWire
import PacketWire

extension WireAnalysis {
    private struct Producer: Hashable {
        var address: IPAddress
        var clientID: String
        var producerID: Int64
    }

    private struct Sent {
        var batches = 0
        var records = 0
        var acks: Set<Int16> = []
        var versions: Set<Int16> = []
        var topics: Set<Int32> = []
        var isTransactional = false
        var last: ObservedAttempt?

        /// - Parameter isSplit: its records are those of smaller batches.
        mutating func note(_ request: ObservedAttempt, isSplit: Bool) {
            batches += 1
            if !isSplit { records += Int(request.recordCount) }
            if let last, last.acks == request.acks, last.apiVersion == request.apiVersion, last.topic == request.topic {
                return
            }
            last = request
            acks.insert(request.acks)
            versions.insert(request.apiVersion)
            topics.insert(request.topic)
            if request.flags.contains(.transactional) { isTransactional = true }
        }
    }

    /// Where a producer's batches come from: few different values, so that the names are looked up once for each.
    private struct Origin: Hashable {
        var capture: Int
        var connection: Int32
        var producerID: Int64
    }

    /// One line for each producer: where it runs, what it calls itself, what it sent.
    func producerLines() -> [String] {
        var origins: [Origin: Int] = [:]
        var numbers: [Producer: Int] = [:]
        var order: [(producer: Producer, sent: Sent)] = []
        var last: (origin: Origin, number: Int)?
        for number in ledger.batches.indices {
            let first = ledger.batches[number].firstAttempt
            let request = ledger.request(first)
            let noted = joined[Int(first)].client >= 0 ? joined[Int(first)].client : joined[Int(first)].broker
            let capture = attempts.capture(of: noted)
            let origin = Origin(
                capture: capture, connection: attempts[noted].connection,
                producerID: request.flags.contains(.headerCut) ? WireEvidence.Batch.unknownProducer : request.producerID
            )
            if let last, last.origin == origin {
                order[last.number].sent.note(request, isSplit: splits.pieces[number] != nil)
                continue
            }
            var place = origins[origin]
            if place == nil {
                let connection = observers[capture].log.connections[Int(origin.connection)]
                let producer = Producer(
                    address: connection.client.address, clientID: connection.clientID ?? "",
                    producerID: origin.producerID)
                place = numbers[producer]
                if place == nil {
                    numbers[producer] = order.count
                    order.append((producer, Sent()))
                }
                place = place ?? order.count - 1
                origins[origin] = place
            }
            order[place ?? 0].sent.note(request, isSplit: splits.pieces[number] != nil)
            last = (origin, place ?? 0)
        }
        let named = Set(observers.flatMap { observer in observer.log.grants.map { client(observer, $0) } })
        var lines = order.prefix(8).map { producer, sent -> String in
            let kind = kind(producer, sent, named)
            let acks = sent.acks.sorted().map { $0 == -1 ? "all" : String($0) }.joined(separator: ",")
            let versions = sent.versions.sorted().map { "v\($0)" }.joined(separator: ",")
            let names = Set(sent.topics.map { topics.text($0) }).sorted()
            let more = names.count > 3 ? " and \(names.count - 3) more" : ""
            let id = producer.producerID >= 0 ? ", producer id \(producer.producerID)" : ""
            return
                "producer  \(producer.address) '\(producer.clientID)'\(id), \(kind), acks=\(acks), Produce \(versions): "
                + "\(atLeast)\(InspectText.count(sent.records, "record")) in \(InspectText.count(sent.batches, "batch")) to \(names.prefix(3).joined(separator: ", "))\(more)"
        }
        if order.count > 8 { lines.append("          and \(order.count - 8) more producers") }
        return lines
    }

    /// A client by its host and its own name.
    private struct Client: Hashable {
        var address: IPAddress
        var name: String
    }

    private func client(_ observer: CaptureObserver, _ grant: ObservationLog.ProducerGrant) -> Client {
        guard grant.connection >= 0 else { return Client(address: IPAddress(v4: 0), name: "") }
        let connection = observer.log.connections[Int(grant.connection)]
        return Client(address: connection.client.address, name: connection.clientID ?? "")
    }

    /// - Parameter granted: clients that a broker gave a producer id to.
    private func kind(_ producer: Producer, _ sent: Sent, _ granted: Set<Client>) -> String {
        if sent.isTransactional { return "transactional" }
        if producer.producerID >= 0 { return "idempotent" }
        guard producer.producerID == WireEvidence.Batch.unknownProducer else { return "not idempotent" }
        return granted.contains(Client(address: producer.address, name: producer.clientID))
            ? "idempotent (a broker gave it a producer id; in its batches the id was cut off)"
            : "idempotent or not: its producer id was cut off"
    }

    /// Stands before counts that a snap length or a hole in the capture may have made too small.
    var atLeast: String {
        observers.contains { $0.log.countsAreLowerBounds } ? "at least " : ""
    }
}
