import Testing

@testable import PacketWire

struct StreamReassemblerTests {
    /// Collects what a reassembler delivers: bytes, and `nil` for each missing byte.
    private struct Collector {
        var stream: StreamReassembler
        var bytes: [UInt8?] = []

        init(limits: StreamReassembler.Limits = .init()) { stream = StreamReassembler(limits: limits) }

        @discardableResult
        mutating func add(_ sequence: UInt32, _ payload: [UInt8], length: Int? = nil, timeNs: Int64 = 0)
            -> StreamReassembler.Arrival
        {
            let count = length ?? payload.count
            let arrival = payload.withUnsafeBytes {
                stream.accept(sequence: sequence, payload: $0, length: count, timeNs: timeNs)
            }
            if case .next(let skip) = arrival {
                bytes += payload.dropFirst(skip).map(Optional.some)
                bytes += [UInt8?](repeating: nil, count: count - max(payload.count, skip))
            }
            drain()
            return arrival
        }

        mutating func drain() {
            while let piece = stream.nextHeld() {
                switch piece {
                case .bytes(let more, _, let cut):
                    bytes += more.map(Optional.some) + [UInt8?](repeating: nil, count: cut)
                case .gap(let count): bytes += [UInt8?](repeating: nil, count: count)
                }
            }
        }
    }

    @Test func bytesInOrderPassThrough() {
        var collector = Collector()
        collector.stream.open(sequence: 99)
        #expect(collector.add(100, [1, 2]) == .next(skip: 0))
        #expect(collector.add(102, [3]) == .next(skip: 0))
        #expect(collector.bytes == [1, 2, 3])
        #expect(collector.stream.next == 3)
    }

    @Test func reorderedAndLostAndSentAgain() {
        var collector = Collector()
        collector.stream.open(sequence: 99)
        #expect(collector.add(103, [4]) == .held)
        #expect(collector.add(101, [2, 3]) == .held)
        #expect(collector.bytes.isEmpty)
        #expect(collector.add(100, [1]) == .next(skip: 0))
        #expect(collector.bytes == [1, 2, 3, 4])
        #expect(collector.stream.repeatedSegments == 0)
        #expect(collector.add(101, [2, 3]) == .repeated)
        #expect(collector.stream.repeatedSegments == 1)
    }

    @Test func overlapsGiveEachByteOnce() {
        var collector = Collector()
        collector.stream.open(sequence: 99)
        collector.add(100, [1, 2, 3])
        #expect(collector.add(101, [2, 3, 4, 5]) == .next(skip: 2))
        collector.add(108, [9, 10])
        collector.add(107, [8, 9, 10, 11])
        collector.add(105, [6, 7])
        #expect(collector.bytes == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    }

    @Test func sequenceNumbersWrap() {
        var collector = Collector()
        collector.stream.open(sequence: 0xffff_fffd)
        collector.add(0xffff_fffe, [1])
        collector.add(1, [4])
        collector.add(0xffff_ffff, [2, 3])
        #expect(collector.bytes == [1, 2, 3, 4])
        #expect(collector.stream.position(of: 2) == 4)
    }

    @Test func everyOrderOfArrivalGivesTheSameBytes() {
        let segments: [(UInt32, [UInt8])] = [(10, [0, 1]), (12, [2]), (13, [3, 4, 5]), (15, [5, 6]), (17, [7])]
        func permute(_ rest: [Int], _ order: [Int]) {
            guard !rest.isEmpty else {
                var collector = Collector()
                collector.stream.open(sequence: 9)
                for index in order { collector.add(segments[index].0, segments[index].1) }
                #expect(collector.bytes == [0, 1, 2, 3, 4, 5, 6, 7], "\(order)")
                return
            }
            for index in rest { permute(rest.filter { $0 != index }, order + [index]) }
        }
        permute(Array(segments.indices), [])
    }

    @Test func aKeepAliveIsNoRetransmission() {
        var collector = Collector()
        collector.stream.open(sequence: 99)
        collector.add(100, [1, 2])
        #expect(collector.add(101, [0]) == .ignored)
        #expect(collector.stream.repeatedSegments == 0)
    }

    @Test func anAcknowledgedHoleIsGivenUpAfterSomePatience() {
        var collector = Collector()
        collector.stream.open(sequence: 99)
        collector.add(100, [1])
        collector.add(104, [5], timeNs: 1000)
        collector.stream.acknowledged(105, timeNs: 2000)
        collector.drain()
        #expect(collector.bytes == [1])
        collector.stream.acknowledged(105, timeNs: 2000 + 6_000_000)
        collector.drain()
        #expect(collector.bytes == [1, nil, nil, nil, 5])
        #expect(collector.stream.gaps == 1)
        #expect(collector.stream.gapBytes == 3)
    }

    @Test func aHoleThatIsNotAcknowledgedIsWaitedFor() {
        var collector = Collector()
        collector.stream.open(sequence: 99)
        collector.add(104, [5], timeNs: 0)
        collector.stream.acknowledged(100, timeNs: 1)
        collector.stream.acknowledged(100, timeNs: 60_000_000_000)
        collector.drain()
        #expect(collector.bytes.isEmpty)
        collector.stream.abandonHole()
        collector.drain()
        #expect(collector.bytes == [nil, nil, nil, nil, 5])
    }

    @Test func whatIsHeldIsBounded() {
        var limits = StreamReassembler.Limits()
        limits.heldBytes = 100
        limits.heldSegments = 1000
        var collector = Collector(limits: limits)
        collector.stream.open(sequence: 99)
        for index in 0..<30 { collector.add(UInt32(110 + index * 10), [UInt8](repeating: 1, count: 10)) }
        #expect(collector.stream.gaps == 1)
        #expect(collector.stream.next == 310)
        #expect(!collector.stream.isHolding)
    }

    @Test func bytesThatTheSnapLengthCutAreMissing() {
        var collector = Collector()
        collector.stream.open(sequence: 99)
        collector.add(100, [1], length: 3)
        collector.add(105, [6], length: 2)
        collector.add(103, [4, 5])
        #expect(collector.bytes == [1, nil, nil, 4, 5, 6, nil])
        #expect(collector.stream.gaps == 0)
    }

    @Test func aCaptureThatBeginsInMidStreamBeginsThere() {
        var collector = Collector()
        collector.add(5000, [1, 2])
        collector.add(5002, [3])
        #expect(collector.bytes == [1, 2, 3])
    }

    @Test func straySegmentsAreIgnoredUntilTheyAreTheStream() {
        var collector = Collector()
        collector.stream.open(sequence: 99)
        collector.add(100, [1])
        #expect(collector.add(100 &+ 0x7000_0000, [9]) == .ignored)
        #expect(collector.bytes == [1])
        for index in 0..<20 { collector.add(0x7000_0000 &+ UInt32(index), [7]) }
        #expect(collector.bytes.count > 1)
        #expect(collector.stream.straySegments == 16)
    }
}
