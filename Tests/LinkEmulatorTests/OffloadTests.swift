import CLinux
import EvidenceModel
import Foundation
import PacketWire
import ScenarioModel
import Testing

@testable import LinkEmulator

/// The link over devices that hand over packets of up to 64 kB, played by sockets that keep message boundaries.
@Suite struct OffloadTests {
    private func run(
        _ faults: [FaultSpec], packetLimit: Int = 4096, _ body: (DevicePair, DevicePair) throws -> Void
    ) throws -> LinkReport {
        let begun = DispatchSemaphore(value: 0)
        let rig = try LinkRig(faults, packetLimit: packetLimit, offloads: true) { _ in begun.signal() }
        defer { rig.close() }
        let link = rig.link
        try link.start()
        link.setTimeZero()
        for _ in faults { #expect(begun.wait(timeout: .now() + 60) == .success) }
        try body(rig.client, rig.broker)
        let report = link.stop()
        #expect(report.slotsLeaked == 0)
        #expect(
            report.packetsIn + report.packetsDuplicated + report.packetsMade
                == report.packetsForwarded + report.packetsDropped + report.packetsHeld)
        return report
    }

    /// As the kernel hands over data that TCP left to the device to cut.
    private func long(_ count: Int, sequence: UInt32 = 1) -> (virtio: VirtioHeader, packet: [UInt8], data: [UInt8]) {
        let data = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        var virtio = VirtioHeader()
        virtio.flags = VirtioHeader.needsChecksum
        virtio.segmentation = VirtioHeader.tcpOverIPv4
        virtio.headerLength = 40
        virtio.segmentSize = 1460
        virtio.checksumStart = 20
        virtio.checksumOffset = 16
        return (virtio, Packets.tcp(sequence: sequence, flags: [.ack, .psh], data: data), data)
    }

    private func data(_ received: (virtio: VirtioHeader, packet: [UInt8])) throws -> (sequence: UInt32, data: [UInt8]) {
        var packet = received.packet
        packet.withUnsafeMutableBytes { received.virtio.completeChecksum($0) }
        let parts = try Packets.parts(packet)
        #expect(parts.valid, "both checksums are right once the device has completed them")
        return (parts.sequence, parts.data)
    }

    @Test func aLongPacketPassesWholeAndCountsAsItsPieces() throws {
        let report = try run([]) { client, broker in
            // The second time the link has room for headers of this length, and scatters.
            for count in [10_000, 10_000, 65_495, 1461, 3] {
                let sent = long(count)
                #expect(client.send(sent.packet, sent.virtio))
                let got = try #require(broker.receiveWithHeader())
                let content = try data(got)
                #expect(content.data == sent.data || count == 10_000)
                if content.data.count < count {
                    // Pieces that were copied travel by themselves.
                    var all = content.data
                    while all.count < count { all += try data(try #require(broker.receiveWithHeader())).data }
                    #expect(all == sent.data)
                } else if count > 1460 {
                    #expect(got.virtio.segmentation == VirtioHeader.tcpOverIPv4)
                    #expect(got.virtio.segmentSize == 1460)
                    #expect(got.virtio.headerLength == 40)
                }
            }
        }
        #expect(report.packetsIn == 7 + 7 + 45 + 2 + 1)
        #expect(report.packetsForwarded == report.packetsIn)
    }

    @Test func aPieceThatIsLostIsMissingAndItsNeighboursAreJoined() throws {
        let report = try run([Faults.timeline(["loss": "{ packets: [10] }"])]) { client, broker in
            let first = long(1460 * 7)
            #expect(client.send(first.packet, first.virtio))
            for _ in 0..<7 { _ = broker.receiveWithHeader() }
            let second = long(1460 * 7, sequence: 500_000)
            #expect(client.send(second.packet, second.virtio))
            let before = try data(try #require(broker.receiveWithHeader()))
            let after = try data(try #require(broker.receiveWithHeader()))
            #expect(before.sequence == 500_000)
            let lost = (Int(after.sequence) - 500_000 - before.data.count)
            #expect(lost == 1460)
            #expect(
                before.data + second.data[before.data.count..<(before.data.count + lost)] + after.data == second.data)
        }
        #expect(report.packetsIn == 14)
        #expect(report.packetsDropped == 1)
    }

    @Test func aCorruptPieceLeavesAloneWithAChecksumThatIsWrong() throws {
        _ = try run([Faults.timeline(["corrupt": "100%"])]) { client, broker in
            let sent = long(1460 * 3)
            #expect(client.send(sent.packet, sent.virtio))
            for _ in 0..<3 {
                let got = try #require(broker.receiveWithHeader())
                #expect(got.virtio.flags & VirtioHeader.needsChecksum == 0, "the kernel must check it")
                #expect(got.virtio.segmentation == 0)
                #expect(got.packet.count == 1500)
                let isValid = (try? Packets.parts(got.packet).valid) ?? false
                #expect(!isValid)
            }
        }
    }

    @Test func unfinishedChecksumsOfOthersThanTCPAreCompleted() throws {
        _ = try run([]) { client, broker in
            var packet: [UInt8] = [0x45, 0, 0, 33, 0, 0, 0x40, 0, 64, 17, 0, 0, 198, 18, 0, 1, 198, 18, 1, 1]
            packet += [0, 7, 0, 9, 0, 13, 0, 0, 1, 2, 3, 4, 5]
            packet.withUnsafeMutableBytes { IPv4Mutation.updateHeaderChecksum($0) }
            var sum = InternetChecksum()
            packet.withUnsafeBytes { sum.add(UnsafeRawBufferPointer(rebasing: $0[12..<20])) }
            sum.add(UInt16(17))
            sum.add(UInt16(13))
            packet[26] = UInt8(sum.folded >> 8)
            packet[27] = UInt8(sum.folded & 255)
            var virtio = VirtioHeader()
            virtio.flags = VirtioHeader.needsChecksum
            virtio.checksumStart = 20
            virtio.checksumOffset = 6
            #expect(client.send(packet, virtio))
            let got = try #require(broker.receiveWithHeader())
            #expect(got.virtio.flags == 0)
            got.packet.withUnsafeBytes {
                var whole = InternetChecksum()
                whole.add(UnsafeRawBufferPointer(rebasing: $0[12..<20]))
                whole.add(UInt16(17))
                whole.add(UInt16(13))
                whole.add(UnsafeRawBufferPointer(rebasing: $0[20...]))
                #expect(whole.checksum == 0)
            }
        }
    }

    @Test func withoutSlotsThePiecesAreCountedAsOverflow() throws {
        let report = try run([Faults.timeline(["delay": "600s"])], packetLimit: 4) { client, _ in
            for index in 0..<10 {
                let sent = long(20_000, sequence: UInt32(index) * 20_000)
                #expect(client.send(sent.packet, sent.virtio))
            }
            client.waitUntilRead()
        }
        #expect(report.packetsIn == 140)
        #expect(report.counters.overflow == report.packetsDropped)
        #expect(report.counters.overflow > 0)
        #expect(report.packetsHeld <= 4 + OffloadReader.slots(mtu: 1500))
    }

    @Test func nonsenseIsCountedAndNotForwarded() throws {
        let report = try run([]) { client, broker in
            var sent = long(5000)
            sent.packet[9] = 47
            #expect(client.send(sent.packet, sent.virtio))
            sent = long(5000)
            sent.virtio.segmentation = 3
            #expect(client.send(sent.packet, sent.virtio))
            sent = long(5000)
            sent.virtio.segmentation = 0
            #expect(client.send(sent.packet, sent.virtio), "longer than the MTU, and not to be cut")
            sent.packet = [1, 2, 3]
            #expect(client.send(sent.packet, sent.virtio))
            let plain = Packets.tcp(data: [1, 2, 3])
            #expect(client.send(plain, VirtioHeader()))
            let got = try #require(broker.receiveWithHeader())
            #expect(got.packet == plain)
        }
        #expect(report.packetsIn == 5)
        #expect(report.packetsDropped == 4)
        #expect(report.counters.oversize + report.counters.malformed == 4)
    }
}

extension DevicePair {
    /// Hands a packet over with its header, as a device with `IFF_VNET_HDR` does.
    fileprivate func send(_ packet: [UInt8], _ virtio: VirtioHeader) -> Bool {
        var bytes = [UInt8](repeating: 0, count: VirtioHeader.size) + packet
        bytes.withUnsafeMutableBytes { if let base = $0.baseAddress { virtio.write(to: base) } }
        return send(bytes)
    }

    /// The next packet and its header within ten seconds.
    fileprivate func receiveWithHeader() -> (virtio: VirtioHeader, packet: [UInt8])? {
        guard let bytes = receive(), bytes.count > VirtioHeader.size else { return nil }
        let virtio = bytes.withUnsafeBytes { $0.baseAddress.map { VirtioHeader(reading: $0) } }
        return virtio.map { ($0, Array(bytes[VirtioHeader.size...])) }
    }
}
