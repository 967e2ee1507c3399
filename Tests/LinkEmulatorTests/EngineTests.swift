import CLinux
import EvidenceModel
import Foundation
import PacketWire
import ScenarioModel
import Testing

@testable import LinkEmulator

@Suite struct EngineTests {
    private func run(
        _ faults: [FaultSpec], timeZero: Bool = true, log: String? = nil,
        onPhase: @escaping @Sendable (LinkPhaseEvent) -> Void = { _ in },
        _ body: (Link, DevicePair, DevicePair) throws -> Void
    ) throws -> LinkReport {
        let begun = DispatchSemaphore(value: 0)
        let rig = try LinkRig(faults, log: log) {
            onPhase($0)
            begun.signal()
        }
        defer { rig.close() }
        let link = rig.link
        try link.start()
        if timeZero { link.setTimeZero() }
        // Time zero is set by this thread and seen by the link's: a packet before it would pass at once.
        for _ in faults { #expect(begun.wait(timeout: .now() + 60) == .success) }
        try body(link, rig.client, rig.broker)
        return link.stop()
    }

    /// Time zero is told in microseconds since the epoch, and may lie in the past: faults count from it, not from the call.
    @Test func timeZeroIsAMomentOfTheWallClock() throws {
        let events = PhaseEvents()
        let rig = try LinkRig([Faults.timeline(["partition": "true"], at: .milliseconds(400))]) { events.add($0) }
        defer { rig.close() }
        let link = rig.link
        try link.start()
        let zeroUs = cl_realtime_ns() / 1000 - 300_000
        link.setTimeZero(epochUs: zeroUs)
        let deadline = cl_monotonic_ns() + 10_000_000_000
        while events.all.isEmpty, cl_monotonic_ns() < deadline { usleep(2000) }
        _ = link.stop()
        let began = try #require(events.all.first { $0.began })
        #expect(abs(began.timeUs - zeroUs - 400_000) < 5_000, "\(began.timeUs - zeroUs) us after time zero")
    }

    /// Numbers that nobody meant: the moment never comes, or has passed, and nothing traps.
    @Test(arguments: [Int64.max, Int64.min, 1_760_000_000_000_000_000, 0] as [Int64])
    func anyTimeZeroIsTaken(epochUs: Int64) throws {
        let rig = try LinkRig([Faults.timeline(["partition": "true"], at: .seconds(86_400))])
        defer { rig.close() }
        let (link, client) = (rig.link, rig.client)
        try link.start()
        link.setTimeZero(epochUs: epochUs)
        for _ in 0..<20 { _ = client.send(Packets.tcp(sequence: 1)) }
        client.waitUntilRead()
        #expect(link.stop().packetsIn == 20)
    }

    @Test func packetsPassBothWaysUnchangedAndInOrder() throws {
        let report = try run([]) { _, client, broker in
            for index in 0..<500 {
                let up = Packets.tcp(sequence: UInt32(index), data: [1, 2, 3])
                let down = Packets.tcp(up: false, sequence: UInt32(index), data: [4, 5])
                #expect(client.send(up))
                #expect(broker.send(down))
                #expect(broker.receive() == up)
                #expect(client.receive() == down)
            }
        }
        #expect(report.packetsIn == 1000)
        #expect(report.packetsForwarded == 1000)
        #expect(report.slotsLeaked == 0)
        #expect(report.packetsDropped == 0)
    }

    @Test func delayedPacketsComeLaterAndTheirLatenessIsMeasured() throws {
        let report = try run([Faults.timeline(["delay": "20ms"])]) { _, client, broker in
            for index in 0..<20 {
                let before = cl_monotonic_ns()
                #expect(client.send(Packets.tcp(sequence: UInt32(index))))
                #expect(broker.receive() != nil)
                #expect(cl_monotonic_ns() - before >= 20_000_000, "never early")
            }
        }
        #expect(report.lateness.packets == 20)
        #expect(report.lateness.maxUs >= report.lateness.p50Us)
        #expect(report.wakeUpLateness.packets > 0)
    }

    @Test func theFaultLogIsReadableWhileTheLinkRunsAndCompleteAfterwards() throws {
        let path = NSTemporaryDirectory() + "link-\(UUID().uuidString).jsonl"
        defer { try? FileManager.default.removeItem(atPath: path) }
        func entries() throws -> [FaultLogEntry] {
            try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
                try JSONDecoder().decode(FaultLogEntry.self, from: Data($0.utf8))
            }
        }
        let events = PhaseEvents()
        let report = try run(
            [Faults.timeline(["partition": "true"])], log: path, onPhase: { events.add($0) }
        ) { _, client, _ in
            for index in 0..<50 { #expect(client.send(Packets.tcp(sequence: UInt32(index)))) }
            var seen = 0
            for _ in 0..<200 where seen < 50 {
                usleep(50_000)
                seen = try entries().count
            }
            #expect(seen == 50, "written before the link stops")
        }
        #expect(try entries().count == 50)
        #expect(report.faultLogEntries == 50)
        #expect(report.faultLogLostEntries == 0)
        #expect(events.all.map(\.began) == [true, false])
        let now = Int64(Date().timeIntervalSince1970 * 1e6)
        let first = try #require(try entries().first)
        #expect(abs(first.timeUs - now) < 120_000_000, "times are of the epoch")
    }

    @Test func packetsHeldAtTheEndAreCounted() throws {
        let path = NSTemporaryDirectory() + "link-\(UUID().uuidString).jsonl"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let report = try run([Faults.timeline(["delay": "600s"])], log: path) { _, client, _ in
            for index in 0..<10 { #expect(client.send(Packets.tcp(sequence: UInt32(index)))) }
            for _ in 0..<200 {
                if try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").count == 10 { break }
                usleep(50_000)
            }
        }
        #expect(report.packetsHeld == 10)
        #expect(report.slotsLeaked == 0)
    }

    @Test func aPortThatDiesDoesNotSpinTheLink() throws {
        let report = try run([]) { _, client, broker in
            close(dup(broker.host))
            shutdown(broker.host, Int32(SHUT_RDWR))
            usleep(300_000)
            _ = client.send(Packets.tcp())
            usleep(50_000)
        }
        #expect(report.processorTimeUs < report.elapsedUs / 2)
    }

    /// The last step of all fails: everything was made by then, and each link maps more than 300 MB.
    @Test func aLinkThatCannotStartLeaksNothing() throws {
        func descriptors() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count }
        func mappedGigabytes() throws -> Int {
            let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ").first
            return (Int(pages ?? "") ?? 0) * Int(getpagesize()) >> 30
        }
        let before = (descriptors: try descriptors(), gigabytes: try mappedGigabytes())
        for _ in 0..<400 {
            #expect(throws: LinkError.self) {
                try Link(
                    LinkConfiguration(
                        ports: [
                            .init(node: 0, descriptor: -1, address: "198.18.0.1"),
                            .init(node: 1, descriptor: -1, address: "198.18.1.1"),
                        ], seed: 1,
                        faults: [Faults.timeline(["rate": "1Mbit/s", "loss": "{packets: [1, 2]}"])],
                        faultLogPath: "/dev/null"))
            }
        }
        // Other tests run beside this one: they hold some, and a leak would hold 400 of each kind.
        #expect(try descriptors() - before.descriptors < 300)
        #expect(try mappedGigabytes() - before.gigabytes < 60)
    }

    @Test func nonsenseIsRefusedWithARemedy() {
        func error(_ change: (inout LinkConfiguration) -> Void) -> LinkError? {
            var configuration = LinkConfiguration(
                ports: [
                    .init(node: 0, descriptor: 0, address: "198.18.0.1"),
                    .init(node: 1, descriptor: 0, address: "198.18.1.1"),
                ], seed: 1)
            change(&configuration)
            do {
                _ = try Link(configuration)
                return nil
            } catch { return error as? LinkError }
        }
        #expect(error { $0.ports.removeLast() }?.remedy.isEmpty == false)
        #expect(error { $0.ports[1].node = 0 } != nil)
        #expect(error { $0.ports[1].address = "broker" } != nil)
        #expect(error { $0.mtu = 10 } != nil)
        #expect(error { $0.packetLimit = 0 } != nil)
        #expect(error { $0.faultLogPath = "/nowhere/at/all" } != nil)
    }
}

private final class PhaseEvents: @unchecked Sendable {
    private let lock = NSLock()
    private var events: [LinkPhaseEvent] = []
    func add(_ event: LinkPhaseEvent) { lock.withLock { events.append(event) } }
    var all: [LinkPhaseEvent] { lock.withLock { events } }
}
