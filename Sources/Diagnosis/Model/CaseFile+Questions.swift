/// What the rules ask. An answer is the evidence for a yes, which may be empty where an absence is what counts; nil is no.
extension CaseFile {
    /// The record of a sign over all logs.
    func record(_ sign: Sign) -> SignRecord? {
        let records = logs.compactMap { $0.signs[sign] }
        guard var merged = records.first else { return nil }
        for other in records.dropFirst() {
            merged.count += other.count
            merged.rounds += other.rounds
            merged.samples += other.samples.prefix(max(0, SignRecord.mostSamples - merged.samples.count))
            merged.names.merge(other.names, uniquingKeysWith: +)
            merged.firstUs = [merged.firstUs, other.firstUs].compactMap { $0 }.min()
            merged.lastUs = [merged.lastUs, other.lastUs].compactMap { $0 }.max()
            merged.least = [merged.least, other.least].compactMap { $0 }.min()
            merged.most = [merged.most, other.most].compactMap { $0 }.max()
        }
        return merged
    }

    /// Lines with any of these signs.
    func saw(_ signs: Sign..., rounds: Int = 1) -> [Evidence]? {
        var evidence: [Evidence] = []
        for sign in signs {
            guard let record = record(sign), record.rounds >= rounds else { continue }
            evidence += record.shown()
        }
        return evidence.isEmpty ? nil : evidence
    }

    /// True where no line has any of these signs.
    func sawNone(_ signs: Sign...) -> Bool { signs.allSatisfy { record($0) == nil } }

    /// The setting that counts, from a configuration or from the block in a log.
    func setting(_ name: String) -> Setting? {
        configurations.compactMap { $0.setting(name) }.last ?? blocks.compactMap { $0.setting(name) }.last
    }

    private var blocks: [Configuration] { clientLogs.compactMap(\.block) }

    /// The setting when its value is one of these.
    func isSet(_ name: String, _ values: String...) -> [Evidence]? {
        guard let setting = setting(name), values.contains(setting.value.lowercased()) else { return nil }
        return [setting.evidence]
    }

    /// The setting when it is a number within the range.
    func isSet(_ name: String, in range: ClosedRange<Int>) -> [Evidence]? {
        guard let setting = setting(name), let number = setting.number, range.contains(number) else { return nil }
        return [setting.evidence]
    }

    /// A broker's or a topic's property.
    func brokerSetting(_ name: String) -> Setting? {
        configurations.flatMap(\.brokerSettings).last { $0.name == name }
    }

    /// What somebody complains of.
    func complains(_ complaints: Complaint...) -> [Evidence]? {
        for complaint in complaints {
            if let evidence = prose.compactMap({ $0.complaints[complaint] }).first { return [evidence] }
        }
        return nil
    }

    /// A measure of the client's metrics.
    func measure(_ name: String) -> LogFacts.Measure? { clientLogs.compactMap { $0.metrics[name] }.last }

    /// What the application counted at its end.
    var delivered: Int? { clientLogs.compactMap(\.totals?.delivered).last }
    var failed: Int? { clientLogs.compactMap(\.totals?.failed).last }

    /// The application's count says that nothing failed.
    var nothingFailed: [Evidence]? {
        guard failed == 0, sawNone(.deliveryFailed, .expired, .fatalDesync, .fatalRewound) else { return nil }
        return clientLogs.compactMap(\.totals?.evidence)
    }

    /// Something was delivered, by the count, or by answers on the wire.
    var somethingDelivered: Bool {
        (delivered ?? 0) > 0 || wires.contains { $0.acknowledged > 0 }
            || (delivered == nil && wires.isEmpty && record(.metadataAnswered) != nil)
    }

    /// Nothing at all was delivered.
    var nothingDelivered: Bool { delivered == 0 || (delivered == nil && wires.contains { $0.acknowledged == 0 }) }

    /// True where anything that was handed in is about a producer or its brokers: a setting, a line with a sign, a packet.
    var speaksOfAProducer: Bool {
        configurations.contains { !$0.settings.isEmpty || !$0.brokerSettings.isEmpty }
            || logs.contains { $0.understood > 0 } || wires.contains { $0.path.connections > 0 } || !topics.isEmpty
            || sources.contains { $0.sends != nil }
    }

    // MARK: Defaults

    /// `acks` as it counts: explicit, or the client's default.
    var acks: String {
        if let setting = setting("acks") {
            switch setting.value.lowercased() {
            case "-1", "all", "waitforall": return "all"
            default: return setting.value
            }
        }
        if let seen = wires.compactMap(\.acks).first { return seen == -1 ? "all" : String(seen) }
        switch client {
        case .kafkaClients?: return (clientRelease.map { $0 < ReleaseNumber(3, 0) } ?? false) ? "1" : "all"
        case .kafkaPython?: return (clientRelease.map { $0 < ReleaseNumber(3, 0) } ?? false) ? "1" : "all"
        case .aiokafka?: return isIdempotent == true ? "all" : "1"
        case .sarama?: return "1"
        default: return "all"
        }
    }

    /// True where the producer is idempotent, false where it is not, nil where nothing tells.
    var isIdempotent: Bool? {
        if record(.idempotenceSwitchedOff) != nil { return false }
        if saw(.idempotentProducer, .transactionalProducer, .producerIDGiven) != nil { return true }
        if let seen = wires.compactMap(\.isIdempotent).first { return seen }
        if setting("transactional.id") != nil { return true }
        if let explicit = setting("enable.idempotence")?.truth { return explicit }
        switch client {
        case .librdkafka?, .aiokafka?, .sarama?: return false
        case .kafkaPython?: return clientRelease.map { $0 >= ReleaseNumber(3, 0) }
        case .kafkaClients?:
            if let release = clientRelease, release < ReleaseNumber(3, 0, 1) { return false }
            return !switchesIdempotenceOff
        default: return nil
        }
    }

    /// Settings with which kafka-clients leaves out idempotence that nobody asked for.
    private var switchesIdempotenceOff: Bool {
        ["0", "1"].contains(setting("acks")?.value ?? "") || setting("retries")?.number == 0
            || (setting("max.in.flight.requests.per.connection")?.number ?? 5) > 5
    }

    /// Evidence that the producer is not idempotent; nil where it is, or where nothing tells.
    var notIdempotent: [Evidence]? {
        guard isIdempotent == false else { return nil }
        if let lines = saw(.idempotenceSwitchedOff) { return lines }
        if let setting = setting("enable.idempotence") { return [setting.evidence] }
        if let setting = setting("acks"), setting.value != "all", setting.value != "-1" { return [setting.evidence] }
        let file = configurations.first?.file ?? logs.first?.file ?? wires.first?.file ?? "inputs"
        return [Evidence(source: file, text: "enable.idempotence is absent, and this client's default is false")]
    }

    /// Requests in flight on a connection, explicit or by default.
    var inFlight: Int {
        if let number = setting("max.in.flight.requests.per.connection")?.number { return number }
        switch client {
        case .librdkafka?: return isIdempotent == true ? 5 : 1_000_000
        case .aiokafka?: return 1
        default: return 5
        }
    }

    /// Retries, explicit or by default.
    var retries: Int {
        if let number = setting("retries")?.number { return number }
        if client == .kafkaPython, let release = clientRelease, release < ReleaseNumber(2, 1) { return 0 }
        if client == .kafkaClients, let release = clientRelease, release < ReleaseNumber(2, 1) { return 0 }
        return Int(Int32.max)
    }
}

/// Both hold: the evidence of both.
func both(_ a: [Evidence]?, _ b: @autoclosure () -> [Evidence]?) -> [Evidence]? {
    guard let a, let b = b() else { return nil }
    return a + b
}

/// The evidence, when the condition holds too.
func when(_ condition: Bool, _ evidence: @autoclosure () -> [Evidence]? = []) -> [Evidence]? {
    condition ? evidence() : nil
}
