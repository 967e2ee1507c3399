import EvidenceModel
import FoundationEssentials
import Glibc
import ScenarioModel

/// A bottleneck whose rate follows a trace in mahimahi's format: each line is a millisecond at which one packet of up to
/// 1,504 bytes may leave; the trace starts again after its last millisecond. Small packets share an opportunity.
struct TraceRate: Impairment, ~Copyable {
    /// mahimahi's packet size: an MTU of 1,500 and its own header.
    static let opportunityBytes = 1504
    static let longestTrace = 10_000_000

    private let times: LazyArray<UInt32>
    private let periodNs: Int64
    private var queue: BottleneckQueue
    /// The opportunity that packets leave by now: round of the trace, index in it, and room left.
    private var round: Int64 = 0
    private var index = 0
    private var room = TraceRate.opportunityBytes

    /// - Parameter milliseconds: rising, not empty, the last above 0.
    init(milliseconds: [UInt32], limit: QueueLimit) throws {
        periodNs = Int64(milliseconds.last ?? 1) * 1_000_000
        let times = try LazyArray<UInt32>(count: milliseconds.count)
        for (index, time) in milliseconds.enumerated() { times.base[index] = time }
        queue = try BottleneckQueue(limit: limit)
        self.times = times
    }

    mutating func phaseBegan(at index: UInt64) {
        (round, self.index, room) = (0, 0, Self.opportunityBytes)
    }

    mutating func apply(to packet: inout PacketInTransit) {
        guard queue.admit(bytes: packet.bytes.count, at: packet.time) != nil else {
            packet.drop()
            return
        }
        let start = max(packet.time - packet.phaseStart, 0)
        if time(round, index) < start { skip(to: start) }
        var left = packet.bytes.count
        while left > room {
            left -= room
            next()
        }
        room -= left
        let finish = packet.phaseStart + time(round, index)
        queue.commit(bytes: packet.bytes.count, finish: Double(finish))
        packet.hold(max(finish - packet.time, 0), as: .queue)
    }

    private func time(_ round: Int64, _ index: Int) -> Int64 { round * periodNs + Int64(times.base[index]) * 1_000_000 }

    private mutating func next() {
        index += 1
        if index == times.count { (round, index) = (round + 1, 0) }
        room = Self.opportunityBytes
    }

    /// The first opportunity at or after a time.
    private mutating func skip(to start: Int64) {
        round = max(round, (start - 1) / periodNs)
        let inside = start - round * periodNs
        var low = 0
        var high = times.count
        while low < high {
            let middle = (low + high) / 2
            if Int64(times.base[middle]) * 1_000_000 < inside { low = middle + 1 } else { high = middle }
        }
        if low == times.count { (round, low) = (round + 1, 0) }
        index = low
        room = Self.opportunityBytes
    }

    /// Reads a trace: one number of milliseconds a line, not falling, the last above 0.
    static func read(_ value: ScenarioValue) throws -> [UInt32] {
        let name = try value.text()
        let folder = URL(fileURLWithPath: value.location.file).deletingLastPathComponent()
        let path = name.hasPrefix("/") ? name : folder.appendingPathComponent(name).path
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw value.error("cannot read the trace \(path)", allowed: "a file in mahimahi's trace format")
        }
        var times: [UInt32] = []
        for (number, line) in text.split(whereSeparator: \.isNewline).enumerated() {
            guard let time = UInt32(line.filter { $0 != " " && $0 != "\t" && $0 != "\r" }), time >= times.last ?? 0,
                times.count < longestTrace
            else {
                throw value.error(
                    "\(name), line \(number + 1): '\(line.prefix(20))'",
                    allowed: "milliseconds, not falling, at most \(longestTrace) lines")
            }
            times.append(time)
        }
        guard let last = times.last, last > 0 else {
            throw value.error("the trace \(name) is empty", allowed: "at least one line above 0")
        }
        return times
    }
}

extension ImpairmentKind {
    /// `trace: lte.trace`, relative to the scenario file.
    static let trace = ImpairmentKind(
        name: "trace",
        keywords: [
            FaultKeyword(
                "trace", role: .impairment, summary: "a rate that follows a file in mahimahi's trace format",
                effects: ["trace"], validate: { _ = try TraceRate.read($0) })
        ],
        make: { settings in
            guard let value = settings["trace"] else { return nil }
            return try TraceRate(
                milliseconds: try TraceRate.read(value),
                limit: try settings["queue"].map(QueueLimit.init) ?? .standard)
        })
}
