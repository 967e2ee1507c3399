import CLinux
import EvidenceModel
import Foundation
import PacketWire
import ScenarioModel
import Testing

@testable import LinkEmulator

/// What the link counts reaches the history, and the link does count it.
@Suite struct CounterTests {
    @Test func theHistoryHoldsEveryCounterAndEachHasAMeaning() throws {
        let report = LinkReport()
        let known = RecordedCounter.all.filter { $0.event == .linkEnded }.map(\.name)
        #expect(Set(report.historyValues.keys) == Set(known))
    }

    /// Sets each number of the report to a value of its own: each must come out of the history.
    @Test func noCounterOfTheReportIsLeftOut() throws {
        let encoder = JSONEncoder()
        let plain = try #require(
            try JSONSerialization.jsonObject(with: encoder.encode(LinkReport())) as? [String: Any])
        let plainCounters = try #require(plain["counters"] as? [String: Any])
        var values: [Int64] = []
        var counters = plainCounters
        for (index, name) in plainCounters.keys.sorted().enumerated() {
            counters[name] = 1000 + index
            values.append(Int64(1000 + index))
        }
        var changed = plain
        changed["counters"] = counters
        for (index, name) in [
            "packetsHeld", "faultLogEntries", "faultLogLostEntries", "faultLogError", "slotsLeaked",
            "slotsPeak", "processorTimeUs", "elapsedUs",
        ].enumerated() {
            try #require(plain[name] != nil)
            changed[name] = 2000 + index
            values.append(Int64(2000 + index))
        }
        #expect(Set(plain.keys).subtracting(changed.keys).isEmpty)
        // What is left are distributions and the paths, whose sums stand in the history.
        #expect(plain.count == 8 + 4, "a number was added to LinkReport: say what it means")
        let report = try JSONDecoder().decode(LinkReport.self, from: JSONSerialization.data(withJSONObject: changed))
        let told = Set(report.historyValues.values)
        #expect(values.allSatisfy(told.contains), "not told: \(values.filter { !told.contains($0) })")
    }

    @Test func aFaultLogThatCannotBeWrittenIsTold() throws {
        let rig = try LinkRig(
            [
                FaultSpec(
                    id: "fault-0", location: Faults.nowhere, trigger: .named(.always),
                    settings: [.init(keyword: "partition", value: Faults.value("true"))])
            ], log: "/dev/full")
        defer { rig.close() }
        let (link, client) = (rig.link, rig.client)
        try link.start()
        for index in 0..<10 { #expect(client.send(Packets.tcp(sequence: UInt32(index)))) }
        client.waitUntilRead()
        let report = link.stop()
        #expect(report.faultLogEntries == 10)
        #expect(report.faultLogError == ENOSPC)
        #expect(report.historyValues["fault_log_errno"] == Int64(ENOSPC))
        #expect(link.stop() == report)
    }

    @Test func actionsWithoutRoomAreCounted() throws {
        let rig = try CoreRig([Faults.message(.request, "Produce", .all, do: ["delay: 10s"])])
        let talk = Conversation(rig)
        for index in 0..<(MessageRules.capacity + 5) {
            talk.send(up: true, Packets.request(correlation: Int32(index), body: 0))
        }
        #expect(rig.core.counters.rulesOverflow == 5)
    }

    @Test func openConnectionsThatAreForgottenAreCounted() throws {
        let rig = try CoreRig([Faults.message(.request, "Produce", .all, do: ["drop"])])
        for index in 0..<(ConnectionTable.capacity + 3) {
            let packet = Packets.tcp(sequence: 1, flags: [.syn], port: UInt16(1000 + index))
            rig.send(packet, from: 0, at: Int64(index) + 1)
            _ = rig.due(Int64(index) + 1)
        }
        #expect(rig.core.counters.evictedConnections == 3)
    }

    @Test func aConnectionThatCannotBeFollowedCountsWhileAFaultLooksForMessages() throws {
        let rig = try CoreRig([Faults.message(.request, "Produce", .nth([1]), do: ["delay: 1ms"])])
        let talk = Conversation(rig)
        talk.send(up: true, Packets.request(correlation: 1))
        // The one message that was asked for has come: nothing is missed any more.
        rig.send(Packets.tcp(sequence: 77, data: [1], port: 50_000), from: 0, at: talk.now)
        #expect(rig.core.counters.opaqueConnections == 0)
    }

    @Test func messagesThatCannotBeReadAreCounted() throws {
        let rig = try CoreRig([
            Faults.message(.request, "Produce", .all, do: ["drop"]) { $0.topic = "orders" }
        ])
        let talk = Conversation(rig)
        // A body that is no Produce request.
        talk.send(up: true, Packets.request(correlation: 1, body: 40))
        #expect(rig.core.counters.unreadMessages == 1)
        #expect(try rig.log().isEmpty)
    }

    @Test func moreTriggersByRequestThanBitsAreRefused() throws {
        let faults = (0..<65).map { (index: Int) in
            Faults.message(.response, "Produce", .all, do: ["drop"], id: "fault-\(index)") { $0.baseSequence = index }
        }
        #expect(throws: LinkError.self) { try CoreRig(faults) }
        _ = try CoreRig(Array(faults.dropLast()))
    }
}
