import EvidenceModel
import Foundation
import PacketWire
import Testing

@testable import WireObserver

/// The ledger of transactions held to recorded sessions of real clients (Tests/Golden/README.md).
@Suite struct TransactionCaptureTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Golden/transaction-captures").path

    /// What the truth file says of one session.
    struct Session: Decodable {
        struct Transaction: Decodable {
            var client: String
            var transaction: Int
            var records: Int
            var inLog: Int
            var actualOutcome: String
        }
        var transactions: [Transaction]
        var invariants: [String: [String]]
        var coordinatorTraffic: [String: [String: Int]]
    }

    static let sessions: [String: Session] = {
        guard let data = FileManager.default.contents(atPath: folder + "/truth.json") else { return [:] }
        return (try? JSONDecoder().decode([String: Session].self, from: data)) ?? [:]
    }()

    static func analysis(_ name: String, _ sides: [WireEvidence.Side]) throws -> WireAnalysis {
        try WireAnalysis(
            sides.map { CaptureSource("\(folder)/\(name)-\($0 == .client ? "client" : "broker").pcapng.gz", side: $0) })
    }

    @Test func thereAre15Sessions() { #expect(Self.sessions.count == 15) }

    @Test(arguments: sessions.keys.sorted()) func ledgerAgreesWithTheTruth(_ name: String) throws {
        let session = try #require(Self.sessions[name])
        let analysis = try Self.analysis(name, [.client, .broker])
        let ledger = analysis.transactions
        let found = ledger.transactions.map { visible($0) }
        let wanted = session.transactions.map { $0.actualOutcome == "nothing written" ? "aborted" : $0.actualOutcome }
            // Half of it is visible: what was answered is a commit, and the finding says the rest.
            .map { $0 == "HALF VISIBLE" ? "committed" : $0 }
        let stray = Set(session.invariants["definiteFailureVisible"] ?? [])
        let expected = zip(session.transactions, wanted).map {
            stray.contains("\($0.client) \($0.transaction)") ? "aborted" : $1
        }
        let order = ledger.transactions.map { "\($0.producerID).\($0.epoch) \($0.outcome) \($0.records)" }
        #expect(found == expected, "\(order)")
        let appended = ledger.transactions.map { appendedRecords($0, analysis) }
        #expect(appended == session.transactions.map(\.inLog), "\(order)")
        let ends = ledger.transactions.reduce(0) { $0 + $1.endRequests }
        #expect(ends == session.coordinatorTraffic["client"]?["EndTxn"])
        let isBroken = Self.isBroken(session)
        #expect(isBroken == !ledger.broken.isEmpty, "\(ledger.broken.map(\.detail))")
    }

    @Test(arguments: sessions.keys.sorted()) func oneSideAloneBreaksNothing(_ name: String) throws {
        let session = try #require(Self.sessions[name])
        for side in [WireEvidence.Side.client, .broker] {
            let ledger = try Self.analysis(name, [side]).transactions
            let isBroken = Self.isBroken(session)
            #expect(isBroken == !ledger.broken.isEmpty, "\(ledger.broken.map(\.detail))")
        }
    }

    /// Begun anywhere, a capture tells of the ends that are still in it what the whole tells.
    @Test(arguments: sessions.keys.sorted()) func beginsAnywhere(_ name: String) throws {
        let session = try #require(Self.sessions[name])
        let packets = try FilePacket.all(of: Self.unpacked("\(Self.folder)/\(name)-broker.pcapng.gz"))
        let whole = try Self.analysis(name, [.broker]).transactions.transactions
        var ends = 0
        for part in 1..<8 {
            let rest = Array(packets[(packets.count * part / 8)...])
            let ledger = try analyse(FilePacket.pcapng(rest, linkType: .ethernet), side: .broker).transactions
            for transaction in ledger.transactions where transaction.endRequests > 0 && transaction.endNs != nil {
                ends += 1
                #expect(
                    whole.contains {
                        $0.producerID == transaction.producerID && $0.epoch == transaction.epoch
                            && visible($0) == visible(transaction)
                    },
                    "from part \(part): \(transaction)")
            }
            if !Self.isBroken(session) { #expect(ledger.broken.isEmpty, "\(ledger.broken.map(\.detail))") }
        }
        #expect(ends > 0)
    }

    private static func isBroken(_ session: Session) -> Bool {
        session.invariants.contains { $0.key != "unknown" && $0.key != "failedButCommitted" && !$0.value.isEmpty }
    }

    private static func unpacked(_ path: String) throws -> [UInt8] {
        let packed = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let unpacker = try PackedFormat.gzip.unpacker()
        var room = [UInt8](repeating: 0, count: 1 << 20)
        let written = try packed.withUnsafeBytes { input in
            try room.withUnsafeMutableBytes { try unpacker.unpack(input, into: $0).made }
        }
        return Array(room[..<written])
    }

    private func appendedRecords(_ transaction: ObservedTransaction, _ analysis: WireAnalysis) -> Int {
        transaction.batches.reduce(0) { sum, number in
            let batch = analysis.ledger.batches[Int(number)]
            let isAppended = analysis.ledger.attempts(of: batch).contains { analysis.ledger.answer($0)?.errorCode == 0 }
            return sum + (isAppended ? Int(analysis.ledger.request(batch.firstAttempt).recordCount) : 0)
        }
    }

    /// What readers of committed records see in the end.
    private func visible(_ transaction: ObservedTransaction) -> String {
        switch transaction.outcome {
        case .committed: "committed"
        case .aborted, .fenced, .timedOut: "aborted"
        case .unknown: "unknown"
        case .open: "open"
        }
    }
}
