/// Checks settings against each other, for the client and release that they are for.
enum Linter {
    /// What is to be said, the worst first.
    static func lint(_ file: CaseFile) -> [Lint] {
        let list = refused(file) + risks(file) + withoutEffect(file) + advice(file)
        return list.sorted { $0.severity < $1.severity }
    }

    // MARK: Refused

    private static func refused(_ file: CaseFile) -> [Lint] {
        var list: [Lint] = []
        let idempotence = file.setting("enable.idempotence")
        let asked = idempotence?.truth == true || file.setting("transactional.id") != nil
        let why = idempotence?.truth == true ? idempotence : file.setting("transactional.id")
        if asked, let why {
            if let acks = file.setting("acks"), ["0", "1"].contains(acks.value), file.client != .aiokafka {
                list.append(
                    refusal("idempotence needs acks=all", [acks, why], Change("acks", "all", "idempotence needs it")))
            }
            if let flight = file.setting("max.in.flight.requests.per.connection"), (flight.number ?? 0) > 5 {
                list.append(
                    refusal(
                        "idempotence allows at most five requests in flight", [flight, why],
                        Change("max.in.flight.requests.per.connection", "5", "the most that a broker remembers")))
            }
            if let retries = file.setting("retries"), retries.number == 0 {
                list.append(
                    refusal("idempotence needs retries", [retries, why], Change("retries", nil, "the default")))
            }
        }
        if let id = file.setting("transactional.id"), let off = idempotence, off.truth == false {
            list.append(
                refusal("a transactional producer is idempotent", [off, id], Change("enable.idempotence", "true", "")))
        }
        return list + refusedTimes(file)
    }

    private static func refusedTimes(_ file: CaseFile) -> [Lint] {
        guard let delivery = file.setting("delivery.timeout.ms"), let limit = delivery.number, limit > 0 else {
            return []
        }
        let linger = file.setting("linger.ms")
        switch file.client {
        case .kafkaClients?, .kafkaPython?:
            guard let request = file.setting("request.timeout.ms"), let wait = request.number,
                limit < wait &+ (linger?.number ?? 0)
            else { return [] }
            return [
                refusal(
                    "delivery.timeout.ms must be at least linger.ms + request.timeout.ms", [delivery, request],
                    Change("delivery.timeout.ms", "120000", "the default"))
            ]
        case .librdkafka?:
            if let transaction = file.setting("transaction.timeout.ms"), let most = transaction.number, limit > most {
                return [
                    refusal(
                        "message.timeout.ms must not be above transaction.timeout.ms", [delivery, transaction],
                        Change("delivery.timeout.ms", transaction.value, "the transaction's own limit"))
                ]
            }
            guard let linger, let held = linger.number, held >= limit else { return [] }
            return [
                refusal(
                    "message.timeout.ms must be above linger.ms", [delivery, linger],
                    Change("delivery.timeout.ms", "300000", "the default"))
            ]
        default: return []
        }
    }

    private static func refusal(_ says: String, _ settings: [Setting], _ change: Change) -> Lint {
        Lint(severity: .refused, says: says, evidence: settings.map(\.evidence), changes: [change])
    }

    // MARK: Risks

    private static func risks(_ file: CaseFile) -> [Lint] {
        var list: [Lint] = []
        func risk(_ says: String, _ evidence: [Evidence], _ scenario: String) {
            list.append(Lint(severity: .risk, says: says, evidence: evidence, scenario: "Scenarios/\(scenario).yaml"))
        }
        if let acks = file.setting("acks"), ["0", "1"].contains(acks.value) {
            risk("acknowledged records can be lost with one machine", [acks.evidence], "causes/acks-too-lenient")
        }
        if !file.configurations.flatMap(\.settings).isEmpty, let off = file.notIdempotent, file.acks != "0" {
            risk("a retry can write records twice: not idempotent", off, "causes/idempotence-disabled")
            if file.inFlight > 1, file.retries > 0, file.client != .aiokafka {
                risk(
                    "a retry can change the order: several in flight, not idempotent", off,
                    "clients/without-idempotence")
            }
        }
        if let retries = file.isSet("retries", in: 0...10) {
            risk("records are given up that one more try would deliver", retries, "incidents/message-timeout-gap")
        }
        if let delivery = file.isSet("delivery.timeout.ms", in: 1...29_999) {
            risk("an outage of that length gives records up", delivery, "causes/delayed-acks")
        }
        if let timeout = file.isSet("request.timeout.ms", in: 1...999), file.client != .librdkafka {
            risk("a slow answer is taken for a lost one", timeout, "causes/request-timeout-clients")
        }
        if let memory = file.isSet("buffer.memory", in: 1...4_194_304) {
            risk("an outage of a few seconds fills it", memory, "capacity/outage-against-delivery-timeout")
        }
        return list
    }

    // MARK: Without effect

    private static func withoutEffect(_ file: CaseFile) -> [Lint] {
        guard let client = file.client else { return [] }
        var list: [Lint] = []
        let reasons = ClientPropertyNames.withoutEffect(client.rawValue)
        for setting in file.configurations.flatMap(\.settings) {
            guard let reason = reasons[setting.written], reason.contains("consumer") || reason.contains("any more")
            else {
                continue
            }
            list.append(
                Lint(severity: .withoutEffect, says: "\(setting.written): \(reason)", evidence: [setting.evidence]))
        }
        if client == .librdkafka, let timeout = file.setting("request.timeout.ms") {
            list.append(
                Lint(
                    severity: .withoutEffect,
                    says: "in librdkafka request.timeout.ms is the broker's wait for replicas, not the client's timer: "
                        + "socket.timeout.ms", evidence: [timeout.evidence],
                    scenario: "Scenarios/causes/request-timeout.yaml"))
        }
        if let level = file.setting("compression.level"), file.setting("compression.type") == nil {
            list.append(
                Lint(severity: .withoutEffect, says: "a level without compression.type", evidence: [level.evidence]))
        }
        return list
    }

    private static func advice(_ file: CaseFile) -> [Lint] {
        var list: [Lint] = []
        func advise(_ says: String, _ evidence: [Evidence], _ scenario: String) {
            list.append(Lint(severity: .advice, says: says, evidence: evidence, scenario: "Scenarios/\(scenario).yaml"))
        }
        if file.isIdempotent == true, let one = file.isSet("max.in.flight.requests.per.connection", "1") {
            advise("idempotence keeps the order with five; one costs throughput", one, "causes/max-in-flight-cost")
        }
        if let buffer = file.isSet("send.buffer.bytes", in: 1...65_535)
            ?? file.isSet("socket.send.buffer.bytes", in: 1...65_535)
        {
            advise(
                "on a long way TCP lets one such buffer go for each round trip", buffer, "capacity/in-flight-over-rtt")
        }
        if let timeout = file.isSet("request.timeout.ms", in: 1_000...4_999), file.client != .librdkafka {
            advise(
                "short: a slow broker means reconnects, which cost no data with idempotence", timeout,
                "causes/request-timeout-clients")
        }
        return list
    }
}
