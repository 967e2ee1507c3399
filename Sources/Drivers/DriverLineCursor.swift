import EvidenceModel

/// Why a line of a driver is not what the protocol says.
struct DriverLineError: Error, Equatable {
    /// What was found, and where in the line.
    var reason: String
}

/// Walks over the bytes of one JSON line without making a tree of it.
///
/// A general JSON decoder makes several allocations for each number, and a run has millions of rows. This one checks the
/// grammar it walks over, reads any key order and any white space, never reads past the end, and throws
/// `DriverLineError` on anything else.
struct DriverLineCursor {
    let bytes: UnsafeRawBufferPointer
    private(set) var position: Int
    /// Nesting that is skipped at most: a driver's line needs 3.
    private static let maximumDepth = 32

    init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// The next byte that is no white space, or 0 at the end.
    @inline(__always)
    mutating func peek() -> UInt8 {
        while position < bytes.count {
            let byte = bytes[position]
            if byte > 0x20 { return byte }
            guard byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a else { return byte }
            position &+= 1
        }
        return 0
    }

    /// Steps over the byte at the cursor, whatever it is.
    @inline(__always)
    mutating func step() { position &+= 1 }

    /// Steps over `byte` when it comes next.
    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte, position < bytes.count else { return false }
        position &+= 1
        return true
    }

    /// Steps over `byte`, which must come next.
    @inline(__always)
    mutating func expect(_ byte: UInt8) throws(DriverLineError) {
        guard take(byte) else { throw unexpected("'\(Character(UnicodeScalar(byte)))'") }
    }

    /// Nothing but white space may be left.
    mutating func expectEnd() throws(DriverLineError) {
        _ = peek()
        guard position == bytes.count else { throw unexpected("the end of the line") }
    }

    /// A whole number that fits 64 bits.
    @inline(__always)
    mutating func integer() throws(DriverLineError) -> Int64 {
        let negative = take(UInt8(ascii: "-"))
        if !negative { _ = peek() }
        let start = position
        var magnitude: UInt64 = 0
        while position < bytes.count {
            let digit = bytes[position] &- 0x30
            guard digit < 10 else { break }
            magnitude = magnitude &* 10 &+ UInt64(digit)
            position &+= 1
        }
        let length = position &- start
        // 18 digits cannot overflow; the one longer length that may fit is looked at closely.
        guard length > 0, length <= 18 || (length == 19 && magnitude <= UInt64(Int64.max)) else {
            position = start
            throw unexpected("a whole number")
        }
        if position < bytes.count {
            let next = bytes[position]
            if next == UInt8(ascii: ".") || next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
                throw unexpected("a whole number without fraction or exponent")
            }
        }
        return negative ? -Int64(bitPattern: magnitude) : Int64(bitPattern: magnitude)
    }

    /// Microseconds since the epoch. Nanoseconds, the usual mistake, are out of bounds.
    @inline(__always)
    mutating func time() throws(DriverLineError) -> Int64 {
        let value = try integer()
        guard let problem = NumberBounds.problem(timeUs: value) else { return value }
        throw DriverLineError(reason: problem)
    }

    /// An offset of a partition's log.
    @inline(__always)
    mutating func offset() throws(DriverLineError) -> Int64 {
        let value = try integer()
        guard value <= NumberBounds.offsets.upperBound else {
            throw DriverLineError(reason: "\(value) is no offset of a log")
        }
        return max(value, -1)
    }

    /// A number of records.
    mutating func count() throws(DriverLineError) -> Int64 {
        let value = try integer()
        guard NumberBounds.counts.contains(value) else {
            throw DriverLineError(reason: "\(value) is no number of records")
        }
        return value
    }

    /// A string.
    mutating func string() throws(DriverLineError) -> String {
        let range = try rawString()
        let raw = UnsafeRawBufferPointer(rebasing: bytes[range])
        guard raw.contains(UInt8(ascii: "\\")) else { return String(decoding: raw, as: UTF8.self) }
        return try unescaped(range)
    }

    /// The bytes between the quotes of a string, escapes and all.
    mutating func rawString() throws(DriverLineError) -> Range<Int> {
        try expect(UInt8(ascii: "\""))
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position &+= 1
                return start..<(position &- 1)
            }
            if byte < 0x20 { throw unexpected("no control character in a string") }
            position &+= byte == UInt8(ascii: "\\") ? 2 : 1
        }
        position = min(position, bytes.count)
        throw unexpected("the end of a string")
    }

    /// `true` or `false`.
    mutating func boolean() throws(DriverLineError) -> Bool {
        if takeWord("true") { return true }
        if takeWord("false") { return false }
        throw unexpected("true or false")
    }

    /// Steps over any value.
    mutating func skipValue(depth: Int = 0) throws(DriverLineError) {
        guard depth < Self.maximumDepth else { throw unexpected("less than \(Self.maximumDepth) levels") }
        switch peek() {
        case UInt8(ascii: "\""): _ = try rawString()
        case UInt8(ascii: "{"): try skipObject(depth: depth)
        case UInt8(ascii: "["): try skipArray(depth: depth)
        case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try boolean()
        case UInt8(ascii: "n"): guard takeWord("null") else { throw unexpected("null") }
        default: try skipNumber()
        }
    }

    /// The error for what stands at the cursor.
    func unexpected(_ wanted: String) -> DriverLineError {
        guard position < bytes.count else {
            return DriverLineError(reason: "the line ends where \(wanted) was expected")
        }
        let found = bytes[position]
        let text = found > 0x20 && found < 0x7f ? "'\(Character(UnicodeScalar(found)))'" : "byte \(found)"
        return DriverLineError(reason: "\(text) at byte \(position) where \(wanted) was expected")
    }

    private mutating func skipObject(depth: Int) throws(DriverLineError) {
        position &+= 1
        if take(UInt8(ascii: "}")) { return }
        repeat {
            _ = try rawString()
            try expect(UInt8(ascii: ":"))
            try skipValue(depth: depth + 1)
        } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
    }

    private mutating func skipArray(depth: Int) throws(DriverLineError) {
        position &+= 1
        if take(UInt8(ascii: "]")) { return }
        repeat { try skipValue(depth: depth + 1) } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
    }

    private mutating func skipNumber() throws(DriverLineError) {
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"),
                UInt8(ascii: "E"):
                position &+= 1
                continue
            default: break
            }
            break
        }
        if position == start { throw unexpected("a value") }
    }

    private mutating func takeWord(_ word: StaticString) -> Bool {
        _ = peek()
        guard bytes.count - position >= word.utf8CodeUnitCount else { return false }
        for i in 0..<word.utf8CodeUnitCount where bytes[position + i] != word.utf8Start[i] { return false }
        position += word.utf8CodeUnitCount
        return true
    }

    private func unescaped(_ range: Range<Int>) throws(DriverLineError) -> String {
        var units: [UInt16] = []
        var result = ""
        var index = range.lowerBound
        var plainStart = index
        func failure(_ at: Int) -> DriverLineError { DriverLineError(reason: "bad escape at byte \(at)") }
        while index < range.upperBound {
            guard bytes[index] == UInt8(ascii: "\\") else {
                index += 1
                continue
            }
            result += String(decoding: bytes[plainStart..<index], as: UTF8.self)
            guard index + 1 < range.upperBound else { throw failure(index) }
            let kind = bytes[index + 1]
            index += 2
            units.removeAll(keepingCapacity: true)
            switch kind {
            case UInt8(ascii: "n"): units.append(0x0a)
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "r"): units.append(0x0d)
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0c)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(UInt16(kind))
            case UInt8(ascii: "u"):
                units.append(try codeUnit(at: index, before: range.upperBound))
                index += 4
                // A surrogate pair is two escapes.
                if units[0] & 0xfc00 == 0xd800, index + 6 <= range.upperBound, bytes[index] == UInt8(ascii: "\\"),
                    bytes[index + 1] == UInt8(ascii: "u")
                {
                    units.append(try codeUnit(at: index + 2, before: range.upperBound))
                    index += 6
                }
            default: throw failure(index - 2)
            }
            result += String(decoding: units, as: UTF16.self)
            plainStart = index
        }
        return result + String(decoding: bytes[plainStart..<range.upperBound], as: UTF8.self)
    }

    private func codeUnit(at index: Int, before end: Int) throws(DriverLineError) -> UInt16 {
        guard index + 4 <= end,
            let unit = UInt16(String(decoding: bytes[index..<(index + 4)], as: UTF8.self), radix: 16)
        else { throw DriverLineError(reason: "bad escape at byte \(index)") }
        return unit
    }
}
