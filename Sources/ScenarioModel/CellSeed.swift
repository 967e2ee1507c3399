import EvidenceModel

/// Where the seed of a run comes from.
public enum RunSeed: Sendable, Equatable {
    /// The user named it: it outranks the one in a file.
    case asked(UInt64)
    /// The harness chose it: a file's own `seed` outranks it.
    case chosen(UInt64)

    func value(fileSeed: UInt64?) -> UInt64 {
        switch self {
        case .asked(let seed): seed
        case .chosen(let seed): fileSeed ?? seed
        }
    }
}

/// The seed of a cell: a stable hash of the run's seed, the scenario's name, the cell's parameters and its repeat.
/// It does not depend on what other cells there are or on their order.
enum CellSeed {
    static func derive(run: UInt64, scenario: String, labels: [String: String], repeatIndex: Int) -> UInt64 {
        var text = scenario
        for (path, label) in labels.sorted(by: { $0.key < $1.key }) { text += "\0\(path)\0\(label)" }
        // The first repeat has the seed that the cell has without repeats, so that adding repeats changes nothing.
        if repeatIndex > 0 { text += "\0\0\(repeatIndex)" }
        return mix(run ^ mix(hash(text)))
    }

    /// FNV-1a, 64 bits.
    static func hash(_ text: String) -> UInt64 { RecordPayload.hash(text.utf8) }

    /// The finaliser of SplitMix64: every bit of the input moves half the bits of the output.
    static func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9e37_79b9_7f4a_7c15
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
