import EvidenceModel
import Testing

@testable import WireObserver

@Suite struct UnacknowledgedBytesTests {
    private static let client: UInt64 = 0xc612_0001
    private static let broker: UInt64 = 0xc612_0101

    private func packet(
        up: Bool, _ timeUs: Int64, sequence: UInt32 = 0, acknowledgement: UInt32 = 0, port: UInt64 = 40_000
    ) -> CrossingSide.Packet {
        let addresses = up ? Self.client << 32 | Self.broker : Self.broker << 32 | Self.client
        let ports = up ? port << 16 | 9092 : 9092 << 16 | port
        return .init(
            timeUs: timeUs,
            key: .init(
                addresses: addresses, portsAndSequence: ports << 32 | UInt64(sequence),
                rest: UInt64(acknowledgement) << 32))
    }

    @Test func whatLeftAndIsNotAcknowledgedIsCountedByConnection() {
        // Sequence numbers that wrap; what another connection sends is its own.
        let start: UInt32 = 0xffff_fc00
        let sent = [
            packet(up: true, 0, sequence: start), packet(up: true, 2000, sequence: start &+ 1000),
            packet(up: true, 3000, sequence: start &+ 3000), packet(up: true, 4000, sequence: start &+ 2000),
            packet(up: true, 60_000, sequence: start &+ 4000),
            packet(up: true, 61_000, sequence: 7, port: 40_001), packet(up: true, 62_000, sequence: 5007, port: 40_001),
        ]
        let acknowledging = [
            packet(up: false, 1000, acknowledgement: start), packet(up: false, 50_000, acknowledgement: start &+ 3500),
            packet(up: false, 61_500, acknowledgement: 7, port: 40_001),
        ]
        let found = UnacknowledgedBytes.bySlice(sent: sent, acknowledging: acknowledging)
        #expect(found == [0: 3000, 1: 5000])
    }

    @Test func withoutAnAcknowledgementNothingIsKnown() {
        #expect(
            UnacknowledgedBytes.bySlice(
                sent: [packet(up: true, 0), packet(up: true, 1, sequence: 9)], acknowledging: []
            ).isEmpty)
    }
}
