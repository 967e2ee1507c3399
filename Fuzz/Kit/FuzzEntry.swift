/// A sound input that others are made from.
public struct FuzzEntry: Sendable {
    /// The input.
    public var bytes: [UInt8]
    /// Where numbers stand in it: decimal ones of a text, eight bytes of a frame.
    public var numbers: [Range<Int>]
    /// True for text, whose numbers are decimal digits.
    public var isText: Bool

    /// A text; its decimal numbers are found.
    public init(text: [UInt8]) {
        bytes = text
        isText = true
        numbers = []
        var at = 0
        while at < text.count {
            guard Self.isDigit(text[at]) else {
                at += 1
                continue
            }
            let begin = at
            while at < text.count, Self.isDigit(text[at]) { at += 1 }
            numbers.append(begin..<at)
        }
    }

    /// A frame, with the places of its numbers.
    public init(frame: [UInt8], numbers: [Range<Int>] = []) {
        bytes = frame
        isText = false
        self.numbers = numbers
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}

extension FuzzEntry {
    private static let texts: [[UInt8]] = [
        "0", "1", "-1", "2147483647", "2147483648", "-2147483648", "4294967296", "9007199254740993",
        "9223372036854775807", "9223372036854775806", "-9223372036854775808", "9223372036854775808",
        "18446744073709551615", "4611686018427387904", "9223372036854775", "1760000000000000000", "1760000000000",
        "1e308", "-1e308", "1e400", "1e18", "0.5", "1e-320", "99999999999999999999999999", "86400000000",
    ].map { Array($0.utf8) }
    private static let bytesOfInterest: [UInt8] = [
        0, 1, 0x7f, 0x80, 0xff, 0xfe, 0x10, 0x22, 0x2c, 0x7b, 0x5b, 0x0a, 0x3a,
    ]
    private static let words: [UInt64] = [
        0, 1, .max, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0x7fff_ffff_ffff_fff0, 0x4000_0000_0000_0000,
        0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x4000_0000_0000_0001, 0xffff_ffff_ffff_0000,
    ]

    /// A damaged copy: mostly a number at its extreme, now and then anything else.
    public func damaged(_ random: inout FuzzRandom, into output: inout [UInt8]) {
        output.removeAll(keepingCapacity: true)
        output.append(contentsOf: bytes)
        // From the end, so that the places before stay where they are.
        var places = (0...random.below(4)).map { _ in random.below(numbers.count) }
        places.sort(by: >)
        if !numbers.isEmpty, random.below(4) != 0 {
            for place in places where numbers[place].upperBound <= output.count {
                replace(numbers[place], &random, &output)
            }
            if random.below(4) != 0 { return }
        }
        for _ in 0...random.below(3) where !output.isEmpty {
            Self.change(&output, at: random.below(output.count), &random)
        }
    }

    private func replace(_ range: Range<Int>, _ random: inout FuzzRandom, _ output: inout [UInt8]) {
        if isText {
            output.replaceSubrange(range, with: Self.texts[random.below(Self.texts.count)])
        } else {
            let word = Self.words[random.below(Self.words.count)]
            let width = range.count
            for index in range {
                output[index] = UInt8(truncatingIfNeeded: word >> UInt64(8 * (width - 1 - (index - range.lowerBound))))
            }
        }
    }

    private static func change(_ output: inout [UInt8], at offset: Int, _ random: inout FuzzRandom) {
        let count = min(random.below(64), output.count - offset)
        switch random.below(8) {
        case 0: output[offset] ^= UInt8(1) << UInt8(random.below(8))
        case 1: output[offset] = UInt8(truncatingIfNeeded: random.next())
        case 2: output[offset] = bytesOfInterest[random.below(bytesOfInterest.count)]
        case 3: output.removeSubrange(offset..<offset + count)
        case 4: output.insert(contentsOf: Array(output[offset..<offset + count]), at: offset)
        case 5: output.removeLast(output.count - offset)
        case 6: output.insert(bytesOfInterest[random.below(bytesOfInterest.count)], at: offset)
        default:
            // A length or a count: four bytes at once.
            let value = UInt32(truncatingIfNeeded: random.next()) >> UInt32(random.below(32))
            for index in 0..<4 where offset + index < output.count {
                output[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * (3 - index)))
            }
        }
    }
}
