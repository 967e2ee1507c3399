import EmbeddedBroker
import Foundation
import KafkaWire

// Feeds damaged requests to an embedded broker and counts them: `fuzz-frames [FRAMES] [SEED]`, 10,000,000 by default.
// Ends with 0 when the broker took all of them and still answers, and memory stayed where it was after the warm-up; a trap
// ends the process, and the seed and the frame number printed last say where.

let frames = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 10_000_000 : 10_000_000
let seed = CommandLine.arguments.count > 2 ? UInt64(CommandLine.arguments[2]) ?? 1 : UInt64.random(in: .min ... .max)

/// SplitMix64: small, fast, the same everywhere.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}

/// Resident memory of this process, megabytes.
func residentMegabytes() -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return (pages * 4096) >> 20
}

/// One damaged copy of a frame.
func damaged(_ frame: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = frame
    for _ in 0...Int.random(in: 0...3, using: &random) {
        guard !bytes.isEmpty else { return bytes }
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<7, using: &random) {
        case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[index] = UInt8.random(in: .min ... .max, using: &random)
        case 2: bytes.removeLast(bytes.count - index)
        case 3: bytes.insert(UInt8.random(in: .min ... .max, using: &random), at: index)
        case 4:
            // A length, a count or an offset at its extreme.
            for offset in index..<min(index + 4, bytes.count) { bytes[offset] = offset == index ? 0x7f : 0xff }
        case 5: for offset in index..<min(index + 4, bytes.count) { bytes[offset] = 0xff }
        default: bytes[index] = 0
        }
    }
    return bytes
}

func main() throws -> Int32 {
    var random = SeededGenerator(state: seed)
    // One release of each way to look at requests and records, and of each format that is stored.
    let kinds: [(release: String, format: String?)] = [
        ("0.11", nil), ("1.0.0", "0.10.2"), ("2.0", nil), ("2.3", "0.9.0"), ("2.4", nil), ("2.7", "0.10.2"),
        ("2.8", nil),
        ("3.9", nil), ("4.3", nil),
    ]
    let corpus = try FrameCorpus.frames()
    let batch = frames / kinds.count + 1
    var done = 0
    var baseline = 0
    print("seed \(seed), \(corpus.count) kinds of request")
    for (release, format) in kinds {
        var configuration = BrokerConfiguration(
            release: Release(release)!,
            nodes: [.init(id: 1, advertisedHost: "127.0.0.1", listen: .address(host: "127.0.0.1", port: 0))],
            topics: [.init(name: "t", partitions: 2)],
            properties: format.map { ["log.message.format.version": $0] } ?? [:])
        configuration.limits.logBytes = 16 << 20
        configuration.limits.partitions = 200
        let cluster = try EmbeddedCluster.launch(configuration)
        for _ in 0..<min(batch, frames - done) {
            let frame = corpus[Int.random(in: 0..<corpus.count, using: &random)]
            _ = damaged(frame, &random).withUnsafeBytes { cluster.take($0, at: 1) }
            done += 1
            if done % 500_000 == 0 {
                print("\(done) frames, release \(release), \(residentMegabytes()) MB")
                if done == 1_000_000 { baseline = residentMegabytes() }
            }
        }
        let alive = try FrameCorpus.metadata().withUnsafeBytes { cluster.take($0, at: 1) }
        cluster.end()
        guard alive else {
            print("release \(release): no answer after \(done) frames")
            return 1
        }
    }
    let final = residentMegabytes()
    print(
        "\(done) frames without a crash; resident memory \(baseline) MB after the first million, \(final) MB at the end"
    )
    return baseline > 0 && final > baseline * 2 + 64 ? 1 : 0
}

exit(try main())
