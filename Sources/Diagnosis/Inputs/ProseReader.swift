/// What a person says about the trouble: a hint, never a proof.
enum Complaint: String, Sendable, CaseIterable {
    case duplicates, loss, order, slow, restart, crash, idle, tunnel, clock, rebalance, oldBroker, question, processor

    /// Words that stand for it, in lower case.
    var words: [String] {
        switch self {
        case .duplicates:
            ["twice", "duplicate", "double", "times in", "four or five times", "several times", "two offsets"]
        case .loss:
            [
                "missing", "not in the topic", "lost", "loses", " gap", "incomplete", "disappear", "never arrive",
                "vanish",
            ]
        case .order: ["wrong order", "out of order", "order is", "in order", "reordered", "change places", "overtak"]
        case .slow: ["slow", "throughput", "takes hours", "quarter of", "latency", "reaches only", "per second", "lag"]
        case .restart: ["restart", "patch", "upgrade", "reboot", "rolling", "maintenance"]
        case .crash: ["crash", "died", "power", "killed", "failed over", "failover"]
        case .idle: ["idle", "quiet", "pause", "load balancer", "firewall", " nat ", "the night", "weekend", "nobody"]
        case .tunnel: ["vpn", "tunnel", "mtu", "gre", "vxlan", "wireguard", "ipsec"]
        case .clock: ["clock", "power cut", "ntp", "timestamp", "hours ahead", "time zone", "1970"]
        case .rebalance: ["rebalanc", "moving leaders", "leader", "cruise control"]
        case .oldBroker: ["old cluster", "old broker"]
        case .processor: ["cpu", "one core", "processor", "100 %", "100%"]
        case .question: ["please review", "do we have to", "is he right", "is data at risk", "wants to know"]
        }
    }
}

/// A text in a person's words.
struct ProseFacts: Sendable {
    var complaints: [Complaint: Evidence] = [:]
    var clientRelease: (client: ClientFamily?, release: ReleaseNumber)?
    var brokerRelease: (release: ReleaseNumber, evidence: Evidence)?

    /// A sentence that says what its writer does not know.
    private static func isDoubt(_ line: LineText) -> Bool {
        line.contains("whether") || line.contains("not restart") || line.contains("do not know")
    }

    /// Reads a text.
    static func read(_ text: String, file: String) -> ProseFacts {
        var facts = ProseFacts()
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).prefix(2000).enumerated() {
            let lower = LineText(String(line.prefix(4000)).lowercased())
            let evidence = Evidence(source: file, line: index + 1, text: LineText(String(line)).text())
            for complaint in Complaint.allCases where facts.complaints[complaint] == nil {
                if complaint == .restart, Self.isDoubt(lower) { continue }
                if complaint.words.contains(where: { lower.contains($0) }) { facts.complaints[complaint] = evidence }
            }
            for mention in ReleaseMention.all(in: String(line)) {
                if mention.isBroker {
                    if facts.brokerRelease == nil { facts.brokerRelease = (mention.release, evidence) }
                } else if facts.clientRelease == nil {
                    facts.clientRelease = (mention.client, mention.release)
                }
            }
        }
        return facts
    }
}
