/// What one side's TCP goes by: part of the experiment, set in its namespace and never left to the machine.
public struct TCPSettings: Codable, Sendable, Equatable {
    /// The congestion control, by the kernel's name.
    public var congestion = "cubic"
    /// Bytes that a connection's receive buffer has at the least, to begin with, and at the most by itself (`tcp_rmem`).
    public var receiveBufferBytes = [4096, 131_072, 6_291_456]
    /// The same of the send buffer (`tcp_wmem`).
    public var sendBufferBytes = [4096, 16_384, 4_194_304]
    /// How long a connection is idle until it is probed, where a program asks for keepalive, seconds.
    public var keepaliveAfterS = 7200
    /// Seconds between the probes.
    public var keepaliveEveryS = 75
    /// Probes without an answer after which the connection is given up.
    public var keepaliveProbes = 9
    /// How often a SYN is sent again.
    public var synRetries = 6
    /// Whether connections ask for ECN (RFC 3168) themselves; they grant it in any case.
    public var ecn = false

    /// A stock Linux 6.1 with 4 GB of memory or more.
    public init() {}

    /// The files of `/proc/sys/net/ipv4` that a namespace has of its own, with what is written there: what can be said
    /// in a scenario, then what other releases of the kernel, or whoever made a namespace, may have otherwise. Those in
    /// the second part need not be there. Documentation/networking/ip-sysctl.rst.
    public var sysctls: (needed: [(name: String, value: String)], known: [(name: String, value: String)]) {
        func list(_ bytes: [Int]) -> String { bytes.map(String.init).joined(separator: " ") }
        return (
            [
                ("tcp_rmem", list(receiveBufferBytes)), ("tcp_wmem", list(sendBufferBytes)),
                ("tcp_keepalive_time", String(keepaliveAfterS)), ("tcp_keepalive_intvl", String(keepaliveEveryS)),
                ("tcp_keepalive_probes", String(keepaliveProbes)), ("tcp_syn_retries", String(synRetries)),
                ("tcp_ecn", ecn ? "1" : "2"),
            ],
            [
                ("tcp_syn_linear_timeouts", "0"), ("tcp_synack_retries", "5"), ("tcp_retries1", "3"),
                ("tcp_retries2", "15"), ("tcp_slow_start_after_idle", "1"), ("tcp_moderate_rcvbuf", "1"),
                ("tcp_window_scaling", "1"), ("tcp_timestamps", "1"), ("tcp_sack", "1"), ("tcp_dsack", "1"),
                ("tcp_recovery", "1"), ("tcp_mtu_probing", "0"), ("tcp_no_metrics_save", "0"), ("tcp_frto", "2"),
                ("tcp_notsent_lowat", "4294967295"), ("tcp_limit_output_bytes", "1048576"),
                ("tcp_rto_min_us", "200000"),
            ]
        )
    }

    /// What differs from a stock Linux 6.1, for people: `bbr, send buffer up to 8388608 B`; `cubic` where nothing does.
    public var summary: String {
        let stock = TCPSettings()
        var parts = [congestion]
        func buffer(_ name: String, _ bytes: [Int], _ usual: [Int]) {
            guard bytes != usual, bytes.count == 3 else { return }
            let initial = bytes[1] == usual[1] ? "" : "from \(bytes[1]) B "
            parts.append("\(name) buffer \(initial)up to \(bytes[2]) B")
        }
        buffer("receive", receiveBufferBytes, stock.receiveBufferBytes)
        buffer("send", sendBufferBytes, stock.sendBufferBytes)
        let keepalive = (keepaliveAfterS, keepaliveEveryS, keepaliveProbes)
        if keepalive != (stock.keepaliveAfterS, stock.keepaliveEveryS, stock.keepaliveProbes) {
            parts.append("keepalive after \(keepalive.0) s every \(keepalive.1) s, \(keepalive.2) probes")
        }
        if synRetries != stock.synRetries { parts.append("\(synRetries) SYN retries") }
        if ecn { parts.append("asks for ECN") }
        return parts.joined(separator: ", ")
    }
}

/// TCP at both sides of the link, with what no namespace can set.
public struct TCPOfCell: Codable, Sendable, Equatable {
    /// In the client's namespace.
    public var client: TCPSettings
    /// In the namespace of each broker node.
    public var broker: TCPSettings
    /// The machine's `net.core.rmem_max` and `net.core.wmem_max`: the most that a program's own `SO_RCVBUF` and `SO_SNDBUF`
    /// give, in bytes, before the kernel doubles them. They are the whole machine's; nil: not known.
    public var machineReceiveMaxBytes: Int?
    /// See ``machineReceiveMaxBytes``.
    public var machineSendMaxBytes: Int?

    /// TCP of a cell; stock on both sides unless said.
    public init(client: TCPSettings = TCPSettings(), broker: TCPSettings = TCPSettings()) {
        self.client = client
        self.broker = broker
    }

    /// One line for people: `cubic`, or `client bbr; broker cubic`.
    public var summary: String {
        client == broker ? client.summary : "client \(client.summary); broker \(broker.summary)"
    }

    /// What comparisons go by: ``summary`` and the limits of the machine.
    public var identity: String {
        func text(_ bytes: Int?) -> String { bytes.map(String.init) ?? "?" }
        return summary + "; core limits \(text(machineReceiveMaxBytes))/\(text(machineSendMaxBytes)) B"
    }
}
