import EvidenceModel

/// Decodes `network.tcp`: what both sides have, then what one of them has otherwise.
enum TCPDecoder {
    /// Words that a side may have.
    static let sideWords = ["congestion", "receive_buffer", "send_buffer", "keepalive", "syn_retries", "ecn"]
    /// Words of the section.
    static let keys = sideWords + ["client", "broker"]
    /// Words of `keepalive`.
    static let keepaliveWords = ["after", "every", "probes"]

    /// Decodes the section; an absent one is a stock Linux 6.1 on both sides.
    static func decode(_ value: ScenarioValue?, errors: inout ErrorCollector) -> TCPOfCell {
        guard let value, errors.attempt({ try value.mapping() }) != nil else { return TCPOfCell() }
        errors.attempt { try value.requireKnownKeys(keys) }
        var both = TCPSettings()
        read(value, &both, &errors)
        var tcp = TCPOfCell(client: both, broker: both)
        if let side = side(value["client"], &errors) { read(side, &tcp.client, &errors) }
        if let side = side(value["broker"], &errors) { read(side, &tcp.broker, &errors) }
        return tcp
    }

    private static func side(_ value: ScenarioValue?, _ errors: inout ErrorCollector) -> ScenarioValue? {
        guard let value, errors.attempt({ try value.mapping() }) != nil else { return nil }
        errors.attempt { try value.requireKnownKeys(sideWords) }
        return value
    }

    private static func read(_ value: ScenarioValue, _ tcp: inout TCPSettings, _ errors: inout ErrorCollector) {
        if let name = value["congestion"] { tcp.congestion = errors.attempt { try congestion(name) } ?? tcp.congestion }
        buffer(value["receive_buffer"], &tcp.receiveBufferBytes, &errors)
        buffer(value["send_buffer"], &tcp.sendBufferBytes, &errors)
        if let keepalive = value["keepalive"], errors.attempt({ try keepalive.mapping() }) != nil {
            errors.attempt { try keepalive.requireKnownKeys(keepaliveWords) }
            seconds(keepalive["after"], &tcp.keepaliveAfterS, &errors)
            seconds(keepalive["every"], &tcp.keepaliveEveryS, &errors)
            if let probes = keepalive["probes"] {
                tcp.keepaliveProbes = errors.attempt { try probes.count(in: 1...127) } ?? tcp.keepaliveProbes
            }
        }
        if let retries = value["syn_retries"] {
            tcp.synRetries = errors.attempt { try retries.count(in: 1...127) } ?? tcp.synRetries
        }
        if let ecn = value["ecn"] { tcp.ecn = errors.attempt { try ecn.bool() } ?? tcp.ecn }
    }

    /// A kernel's own name, which goes into a message to the kernel: at most 15 letters, digits, `_` and `-`.
    private static func congestion(_ value: ScenarioValue) throws -> String {
        let name = try value.text()
        let isName = name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: "-")
        }
        guard isName, (1...15).contains(name.utf8.count) else {
            throw value.error(
                "\(value.shown) is not a congestion control", allowed: "a kernel's name, for example cubic, reno, bbr")
        }
        return name
    }

    /// `4MB`: the most; or a mapping with `min`, `initial` and `max`.
    private static func buffer(_ value: ScenarioValue?, _ bytes: inout [Int], _ errors: inout ErrorCollector) {
        guard let value else { return }
        let range = 4096...1_073_741_824
        guard case .mapping = value.content else {
            guard let most = errors.attempt({ try value.byteCount(in: range) }) else { return }
            bytes = [min(bytes[0], most), min(bytes[1], most), most]
            return
        }
        errors.attempt { try value.requireKnownKeys(["min", "initial", "max"]) }
        for (index, word) in ["min", "initial", "max"].enumerated() {
            guard let part = value[word] else { continue }
            bytes[index] = errors.attempt { try part.byteCount(in: range) } ?? bytes[index]
        }
        if bytes[0] > bytes[1] || bytes[1] > bytes[2] {
            errors.add(value.error("the sizes do not rise", allowed: "min <= initial <= max"))
        }
    }

    private static func seconds(_ value: ScenarioValue?, _ seconds: inout Int, _ errors: inout ErrorCollector) {
        guard let value else { return }
        let range = Duration.seconds(1)...Duration.seconds(32_767)
        guard let duration = errors.attempt({ try value.duration(in: range) }) else { return }
        let microseconds = DurationText.microseconds(duration)
        if microseconds % 1_000_000 != 0 {
            errors.add(value.error("\(value.shown) is no whole number of seconds", allowed: "1s to 32767s"))
        }
        seconds = Int(microseconds / 1_000_000)
    }
}
