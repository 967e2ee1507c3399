import EvidenceModel
import Glibc

/// Checks that a program keeps the driver protocol of docs/driver-protocol.md, by playing the harness's side of it
/// against a real broker.
///
/// Blocking, about ten seconds long. It needs a broker with the topic; the topic should be empty. The driver is started
/// several times, once for each part of the protocol.
public struct DriverCheck {
    /// How to start the driver.
    public var launch: DriverLaunch
    /// Where records go; `records`, `rateRecordsPerS` and `partitioner` are chosen by the check.
    public var configuration: DriverConfiguration
    /// How long the client may take from `configure` to `ready`.
    public var readySeconds = 30.0
    /// How long a driver may take to say done after `stop` or after its last record, and to exit after that.
    public var graceSeconds = 20.0
    /// Ends the check at the first rule that is not kept.
    public var stopsAtFirstProblem = false
    /// The descriptor that the driver's standard error goes to.
    public var log: Int32 = STDERR_FILENO
    /// Reads all values of a partition back, to compare them with `RecordPayload`; nil leaves the values unchecked.
    public var readBack: ((_ topic: String, _ partition: Int32) throws -> [[UInt8]])?

    /// One rule of the protocol, and whether the driver keeps it.
    public struct Finding: Sendable, Equatable {
        /// The rule, as a sentence.
        public var rule: String
        /// What was seen instead; nil when the rule was kept.
        public var problem: String?
    }

    /// Prepares a check.
    ///
    /// - Parameters:
    ///   - launch: how to start the driver.
    ///   - bootstrap: address of a broker that is up.
    ///   - topics: topics that exist there.
    ///   - config: properties that the client needs, by its own names.
    public init(
        launch: DriverLaunch, bootstrap: String, topics: [DriverConfiguration.Topic], config: [String: String] = [:]
    ) {
        self.launch = launch
        configuration = DriverConfiguration(
            bootstrap: bootstrap, config: config, topics: topics, records: 0, rateRecordsPerS: nil, sizeBytes: 100)
    }

    /// Runs every check.
    ///
    /// - Throws: an error of the system when the driver cannot be started at all.
    public func run() throws -> [Finding] {
        var findings = [try hello()]
        // A program that does not even say hello is no driver: the rest would only repeat it.
        if findings[0].problem != nil { return findings }
        let parts: [() throws -> [Finding]] = [
            rejectsNonsense, namesAnUnknownProperty, sendsEverything, sendsAsFastAsItTakes, stops, endsWithItsInput,
        ]
        for part in parts {
            findings += try part()
            if stopsAtFirstProblem, findings.contains(where: { $0.problem != nil }) { break }
        }
        return findings
    }

    // MARK: - The rules

    private func hello() throws -> Finding {
        let rule = "says hello at once, before configure, and exits 0 when its standard input closes then"
        let session = try start()
        guard case .hello(let hello)? = session.next(within: 10)?.message else {
            return Finding(rule: rule, problem: "the first line is not a hello: \(Self.beginning(session))")
        }
        if hello.version != DriverConfiguration.protocolVersion {
            return Finding(rule: rule, problem: "it speaks protocol \(hello.version)")
        }
        if !launch.accepts(hello) {
            return Finding(rule: rule, problem: "the client is \(hello.clientText)")
        }
        session.closeInput()
        let code = session.end(within: 2)
        return Finding(rule: rule, problem: code == 0 ? nil : Self.exitText(code, wanted: 0))
    }

    private func rejectsNonsense() throws -> [Finding] {
        let rule = "answers a configure line that it cannot read with a fatal error and exit code 1"
        return [try rejection(rule, [UInt8]("{\"type\":\"configure\",\"protocol\":1}\n".utf8))]
    }

    private func namesAnUnknownProperty() throws -> [Finding] {
        let rule = "answers a property that the client does not know with a fatal error that names it, and exit code 1"
        var configuration = configuration
        configuration.config["crosswind.no.such.property"] = "1"
        let names = ["crosswind.no.such.property", "crosswind_no_such_property"]
        let finding = try rejection(rule, DriverCommand.configure(configuration).line) { message in
            names.contains { message.contains($0) } ? nil : "the message is \"\(message)\""
        }
        return [finding]
    }

    private func rejection(
        _ rule: String, _ line: [UInt8], _ check: (String) -> String? = { _ in nil }
    ) throws -> Finding {
        let session = try start()
        _ = session.next(within: 10)
        session.say(line)
        var error: ClientError?
        while error == nil, let received = session.next(within: readySeconds) {
            if case .error(let found) = received.message, found.fatal { error = found }
            if case .ready = received.message { return Finding(rule: rule, problem: "it said ready") }
        }
        guard let error else { return Finding(rule: rule, problem: "no fatal error came: \(Self.beginning(session))") }
        if let problem = check(error.message) { return Finding(rule: rule, problem: problem) }
        let code = session.end(within: graceSeconds)
        return Finding(rule: rule, problem: code == 1 ? nil : Self.exitText(code, wanted: 1))
    }

    private func sendsEverything() throws -> [Finding] {
        let rule = "gets ready, waits for start, reports every record once, says done and exits 0"
        let records = 400
        let rate = 1000.0
        let configured = with(records: records, rate: rate)
        let session = try start()
        if let problem = ready(session, configured) { return [Finding(rule: rule, problem: problem)] }
        session.watch(for: 0.2) { $0.sent > 0 }
        if session.counters.sent > 0 { return [Finding(rule: rule, problem: "it sent records before start")] }
        session.say(DriverCommand.start.line)
        let seconds = Double(records) / rate
        guard let done = done(session, within: seconds + graceSeconds) else {
            return [Finding(rule: rule, problem: "done did not come: \(session.counters)")]
        }
        let code = session.end(within: graceSeconds)
        let transcript = DriverTranscript(session.transcript, configured)
        var problem = transcript.problem
        if code != 0 { problem = problem ?? Self.exitText(code, wanted: 0) }
        if done.acknowledged != records { problem = problem ?? "only \(done.acknowledged) of \(records) acknowledged" }
        var findings = [
            Finding(rule: rule, problem: problem),
            Finding(
                rule: "names the partition id / topics mod partitions with the round-robin partitioner",
                problem: transcript.partitionProblem),
            Finding(
                rule: "paces: record n is sent at start + n / rate", problem: transcript.pacingProblem(rate: rate)),
        ]
        if let readBack {
            findings.append(
                Finding(rule: "writes values as the payload convention says", problem: try values(readBack, configured))
            )
        }
        return findings
    }

    private func sendsAsFastAsItTakes() throws -> [Finding] {
        let rule = "without a rate, sends as fast as the client takes records"
        let configured = with(records: 20000, rate: nil)
        let session = try start()
        if let problem = ready(session, configured) { return [Finding(rule: rule, problem: problem)] }
        session.say(DriverCommand.start.line)
        guard let done = done(session, within: 60 + graceSeconds) else {
            return [Finding(rule: rule, problem: "done did not come: \(session.counters)")]
        }
        let transcript = DriverTranscript(session.transcript, configured)
        let all = done.acknowledged == configured.records
        return [Finding(rule: rule, problem: transcript.problem ?? (all ? nil : "acknowledged \(done.acknowledged)"))]
    }

    private func stops() throws -> [Finding] {
        let rule = "on stop sends no more, waits for what is in flight, says done and exits 0"
        let configured = with(records: 1_000_000, rate: 1000)
        let session = try start()
        if let problem = ready(session, configured) { return [Finding(rule: rule, problem: problem)] }
        session.say(DriverCommand.start.line)
        session.watch(for: 10) { $0.sent >= 200 }
        session.say(DriverCommand.stop.line)
        guard let done = done(session, within: graceSeconds) else {
            return [Finding(rule: rule, problem: "done did not come: \(session.counters)")]
        }
        if done.sent >= 100_000 { return [Finding(rule: rule, problem: "it went on to \(done.sent) records")] }
        if done.acknowledged + done.failed != done.sent {
            return [Finding(rule: rule, problem: "\(done) leaves records without an outcome")]
        }
        let code = session.end(within: graceSeconds)
        let problem = DriverTranscript(session.transcript, configured).problem
        return [Finding(rule: rule, problem: problem ?? (code == 0 ? nil : Self.exitText(code, wanted: 0)))]
    }

    private func endsWithItsInput() throws -> [Finding] {
        let rule = "exits at once when its standard input closes, whatever it is doing"
        let session = try start()
        if let problem = ready(session, with(records: 1_000_000, rate: 1000)) {
            return [Finding(rule: rule, problem: problem)]
        }
        session.say(DriverCommand.start.line)
        session.watch(for: 10) { $0.sent >= 100 }
        session.closeInput()
        return [Finding(rule: rule, problem: session.end(within: 2) == nil ? "it still runs after 2 s" : nil)]
    }

    // MARK: - Steps

    private func start() throws -> DriverSession { try DriverSession(launch, errorsTo: log) }

    private func with(records: Int, rate: Double?) -> DriverConfiguration {
        var configured = configuration
        configured.records = records
        configured.rateRecordsPerS = rate
        return configured
    }

    /// Brings the driver from hello to ready; returns what went wrong.
    private func ready(_ session: DriverSession, _ configured: DriverConfiguration) -> String? {
        _ = session.next(within: 10)
        session.say(DriverCommand.configure(configured).line)
        while let received = session.next(within: readySeconds) {
            switch received.message {
            case .ready: return received.counters.sent > 0 ? "it sent records before ready" : nil
            case .error(let error) where error.fatal: return "fatal error \(error.name): \(error.message)"
            case .malformed(let reason): return "a malformed line: \(reason)"
            default: continue
            }
        }
        return "ready did not come in \(readySeconds) s"
    }

    private func done(_ session: DriverSession, within seconds: Double) -> DriverDone? {
        let deadline = Deadline(seconds: seconds)
        while let received = session.next(within: deadline.secondsLeft) {
            if case .done(let done) = received.message { return done }
        }
        return nil
    }

    private func values(
        _ readBack: (String, Int32) throws -> [[UInt8]], _ configured: DriverConfiguration
    ) throws -> String? {
        for topic in configured.topics {
            for partition in 0..<topic.partitions {
                for value in try readBack(topic.name, Int32(partition)) {
                    guard let id = RecordPayload.id(of: value),
                        value == RecordPayload.value(id: id, size: configured.sizeBytes)
                    else {
                        let text = String(decoding: value.prefix(40), as: UTF8.self)
                        return "\(topic.name)-\(partition) holds \(value.count) bytes that begin \"\(text)\""
                    }
                }
            }
        }
        return nil
    }

    private static func beginning(_ session: DriverSession) -> String {
        session.transcript.isEmpty ? "it said nothing" : String(decoding: session.transcript.prefix(120), as: UTF8.self)
    }

    private static func exitText(_ code: Int32?, wanted: Int32) -> String {
        code.map { "it exited with code \($0), not \(wanted)" } ?? "it did not exit"
    }
}
