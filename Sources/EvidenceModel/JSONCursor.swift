/// Why a JSON text is not what it should be.
package struct JSONError: Error, Equatable {
    /// What was found, and where in the text.
    package var reason: String

    /// Says what was found.
    package init(reason: String) { self.reason = reason }
}

/// Walks over the bytes of JSON text (RFC 8259) without making a tree of it: for lines of which a run has millions.
///
/// A general JSON decoder makes several allocations for each number. This one checks the grammar it walks over, reads any
/// key order and any white space, never reads past the end, and throws ``JSONError`` on anything else.
package struct JSONCursor {
    /// The text; it must outlive the cursor.
    package let bytes: UnsafeRawBufferPointer
    /// Index of the next byte.
    package var position: Int
    /// Nesting that is skipped at most: no line of ours needs more than 3.
    private static let maximumDepth = 32

    /// A cursor in `bytes`, which must outlive it.
    package init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// The next byte that is no white space, or 0 at the end.
    @inlinable
    package mutating func peek() -> UInt8 {
        while position < bytes.count {
            let byte = bytes[position]
            if byte > 0x20 { return byte }
            guard byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a else { return byte }
            position &+= 1
        }
        return 0
    }

    /// Steps over the byte at the cursor, whatever it is.
    @inlinable
    package mutating func step() { position &+= 1 }

    /// Steps over `byte` when it comes next.
    @inlinable
    package mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte, position < bytes.count else { return false }
        position &+= 1
        return true
    }

    /// Steps over `byte`, which must come next.
    @inlinable
    package mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard take(byte) else { throw unexpected("'\(Character(UnicodeScalar(byte)))'") }
    }

    /// Steps into an object and gives each key to `body`, which must step over the value.
    package mutating func object(
        _ body: (_ key: String, _ cursor: inout JSONCursor) throws(JSONError) -> Void
    ) throws(JSONError) {
        try expect(UInt8(ascii: "{"))
        if take(UInt8(ascii: "}")) { return }
        repeat {
            let key = try string()
            try expect(UInt8(ascii: ":"))
            try body(key, &self)
        } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
    }

    /// Steps into an array and calls `body` at each element, which it must step over.
    package mutating func array(
        _ body: (_ cursor: inout JSONCursor) throws(JSONError) -> Void
    ) throws(JSONError) {
        try expect(UInt8(ascii: "["))
        if take(UInt8(ascii: "]")) { return }
        repeat { try body(&self) } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
    }

    /// Steps over `null` and says true, or stays and says false.
    package mutating func isNull() -> Bool { takeWord("null") }

    /// A whole number that fits `Integer`, also where that holds more than ``integer()`` reads.
    package mutating func whole<Integer: FixedWidthInteger>(
        _: Integer.Type = Integer.self
    ) throws(JSONError) -> Integer {
        let start = position
        if Integer.isSigned || peek() == UInt8(ascii: "-") {
            if let exact = Integer(exactly: try integer()) { return exact }
        } else {
            let digits = bytes[position...].prefix { $0 &- 0x30 < 10 }
            let next = digits.endIndex < bytes.count ? bytes[digits.endIndex] : 0
            if let exact = Integer(String(decoding: digits, as: UTF8.self)), next != UInt8(ascii: "."),
                next | 0x20 != 0x65
            {
                position = digits.endIndex
                return exact
            }
        }
        position = start
        throw unexpected("a whole number that fits \(Integer.bitWidth) bits")
    }

    /// Nothing but white space may be left.
    package mutating func expectEnd() throws(JSONError) {
        _ = peek()
        guard position == bytes.count else { throw unexpected("the end of the line") }
    }

    /// A whole number that fits 64 bits.
    @inlinable
    package mutating func integer() throws(JSONError) -> Int64 {
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
    @inlinable
    package mutating func time() throws(JSONError) -> Int64 {
        let value = try integer()
        guard let problem = NumberBounds.problem(timeUs: value) else { return value }
        throw JSONError(reason: problem)
    }

    /// An offset of a partition's log.
    @inlinable
    package mutating func offset() throws(JSONError) -> Int64 {
        let value = try integer()
        guard value <= NumberBounds.offsets.upperBound else {
            throw JSONError(reason: "\(value) is no offset of a log")
        }
        return max(value, -1)
    }

    /// A number of records.
    package mutating func count() throws(JSONError) -> Int64 {
        let value = try integer()
        guard NumberBounds.counts.contains(value) else {
            throw JSONError(reason: "\(value) is no number of records")
        }
        return value
    }

    /// A string.
    package mutating func string() throws(JSONError) -> String {
        let range = try rawString()
        let raw = UnsafeRawBufferPointer(rebasing: bytes[range])
        guard raw.contains(UInt8(ascii: "\\")) else { return String(decoding: raw, as: UTF8.self) }
        return try unescaped(range)
    }

    /// The bytes between the quotes of a string, escapes and all.
    package mutating func rawString() throws(JSONError) -> Range<Int> {
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
    package mutating func boolean() throws(JSONError) -> Bool {
        if takeWord("true") { return true }
        if takeWord("false") { return false }
        throw unexpected("true or false")
    }

    /// Steps over any value.
    package mutating func skipValue(depth: Int = 0) throws(JSONError) {
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
    package func unexpected(_ wanted: String) -> JSONError {
        guard position < bytes.count else {
            return JSONError(reason: "the line ends where \(wanted) was expected")
        }
        let found = bytes[position]
        let text = found > 0x20 && found < 0x7f ? "'\(Character(UnicodeScalar(found)))'" : "byte \(found)"
        return JSONError(reason: "\(text) at byte \(position) where \(wanted) was expected")
    }

    private mutating func skipObject(depth: Int) throws(JSONError) {
        position &+= 1
        if take(UInt8(ascii: "}")) { return }
        repeat {
            _ = try rawString()
            try expect(UInt8(ascii: ":"))
            try skipValue(depth: depth + 1)
        } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
    }

    private mutating func skipArray(depth: Int) throws(JSONError) {
        position &+= 1
        if take(UInt8(ascii: "]")) { return }
        repeat { try skipValue(depth: depth + 1) } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
    }

    private mutating func skipNumber() throws(JSONError) {
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
}
