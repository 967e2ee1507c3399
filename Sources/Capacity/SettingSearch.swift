import EvidenceModel

/// Looks for settings with which a producer meets an objective on a given network: each step changes what bound the
/// last point. It runs nothing itself.
public struct SettingSearch: Sendable {
    /// What to try next.
    public enum Step: Sendable, Equatable {
        /// Run a point with these settings, for this reason.
        case run(ProducerSettings, why: String)
        /// These settings meet the objective.
        case found(ProducerSettings)
        /// No setting of a producer helps against what binds now.
        case stuck(ProducerSettings, why: String)
    }

    /// The settings of the last step.
    public private(set) var settings: ProducerSettings
    private let client: ClientSettings
    private let recordBytes: Int
    private var steps = 0

    /// Batches beyond this pass the limit of a request that brokers have (`message.max.bytes`, 1 MiB with its overhead).
    static let largestBatch = 900_000
    static let largestBuffer = 1 << 30
    static let longestLingerMs = 100
    static let mostSteps = 10

    /// Begins a search.
    public init(client: ClientSettings, recordBytes: Int, settings: ProducerSettings = ProducerSettings()) {
        self.client = client
        self.recordBytes = recordBytes
        self.settings = settings
    }

    /// The first step.
    public var first: Step { .run(settings, why: "the start") }

    /// The step after a point with the current settings.
    public mutating func next(after point: SweepPoint) -> Step {
        steps += 1
        if point.outcome == .passed { return .found(settings) }
        if point.outcome == .inconclusive {
            return .stuck(settings, why: "the point proves nothing: \(point.reason)")
        }
        guard steps < Self.mostSteps, let binding = point.binding else {
            return .stuck(settings, why: "\(steps) settings were tried")
        }
        switch binding.kind {
        case .inFlight: return widen(point, binding)
        case .producerQueue: return feed(point, binding)
        case .socketBuffer: return widenSocket(point, binding)
        case .tcp:
            return .stuck(
                settings,
                why:
                    "TCP binds, and no setting of a producer changes that; more connections do: leaders on more brokers,"
                    + " or more producers. \(binding.evidence)")
        case .link: return .stuck(settings, why: "the link is full. \(binding.evidence)")
        case .broker: return .stuck(settings, why: "the broker is too slow. \(binding.evidence)")
        case .harness:
            return .stuck(
                settings, why: "this machine is the limit; nothing is known beyond it. \(binding.evidence)")
        case .delay: return .stuck(settings, why: "the way alone takes too long. \(binding.evidence)")
        case .outage, .offeredLoad: return .stuck(settings, why: binding.evidence)
        }
    }

    /// More in a round trip: more requests, then larger ones.
    private mutating func widen(_ point: SweepPoint, _ binding: CapacityLimit) -> Step {
        let filled = (point.observation.wire?.bytesPerRequest ?? 0) / Double(settings.batchBytes)
        if settings.inFlight < 5, client.name(.inFlight) != nil {
            settings.inFlight = 5
            return .run(
                settings, why: "one round trip carries too little: more requests in flight. \(binding.evidence)")
        }
        if filled < 0.5, settings.lingerMs < Self.longestLingerMs {
            settings.lingerMs = min(max(settings.lingerMs * 2, 10), Self.longestLingerMs)
            return .run(settings, why: "requests leave half empty: a longer linger. \(binding.evidence)")
        }
        if settings.batchBytes < Self.largestBatch {
            settings.batchBytes = min(settings.batchBytes * 4, Self.largestBatch)
            return .run(settings, why: "one round trip carries too little: larger batches. \(binding.evidence)")
        }
        return .stuck(settings, why: "requests are as many and as large as they can be. \(binding.evidence)")
    }

    /// A socket holds too little: what the kernel tunes by itself, else as much as it takes.
    private mutating func widenSocket(_ point: SweepPoint, _ binding: CapacityLimit) -> Step {
        let buffer = binding.evidence
        guard client.name(.sendBufferBytes) != nil, !buffer.contains("the receiver's buffer") else {
            return .stuck(
                settings,
                why:
                    "the broker's socket is too small: its socket.receive.buffer.bytes, and net.ipv4.tcp_rmem there. \(buffer)"
            )
        }
        if client.defaultSendBufferBytes != nil, client.kernelSendBuffer != nil, settings.sendBufferBytes == nil {
            settings.sendBufferBytes = 0
            return .run(settings, why: "the socket's buffer is too small: it is left to the kernel. \(buffer)")
        }
        let bytes = max(settings.sendBufferBytes ?? 0, Self.smallestSocketBuffer / 2) * 2
        guard bytes <= Self.largestSocketBuffer else {
            return .stuck(
                settings, why: "the socket's buffer is as large as the kernel lets it be: net.ipv4.tcp_wmem. \(buffer)")
        }
        settings.sendBufferBytes = bytes
        return .run(settings, why: "the socket's buffer is too small: a larger one is asked for. \(buffer)")
    }

    private static let smallestSocketBuffer = 4_194_304
    private static let largestSocketBuffer = 33_554_432

    /// The client itself holds records back: room for more of them, or less waiting.
    private mutating func feed(_ point: SweepPoint, _ binding: CapacityLimit) -> Step {
        let isLate =
            point.offeredRecordsPerS.map { (point.observation.throughputRecordsPerS ?? 0) >= 0.97 * $0 } ?? false
        if isLate, settings.lingerMs > 0 {
            settings.lingerMs /= 2
            return .run(settings, why: "the load is carried, too late: a shorter linger. \(binding.evidence)")
        }
        if !isLate, client.name(.bufferBytes) ?? client.name(.bufferKiB) != nil,
            settings.bufferBytes < Self.largestBuffer
        {
            settings.bufferBytes *= 4
            return .run(settings, why: "the client has no room: a larger buffer. \(binding.evidence)")
        }
        if settings.batchBytes < Self.largestBatch {
            settings.batchBytes = min(settings.batchBytes * 4, Self.largestBatch)
            return .run(settings, why: "the client is too slow: larger batches cost it less. \(binding.evidence)")
        }
        return .stuck(settings, why: "the client carries no more. \(binding.evidence)")
    }
}
