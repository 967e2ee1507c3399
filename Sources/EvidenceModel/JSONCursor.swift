/// Reads JSON text from left to right without building a tree: for the two files of a record that can hold a million
/// entries, where `JSONDecoder` takes seconds.
///
/// The bytes are not trusted: every read is bounds-checked and throws `Malformed`; nesting is counted, not recursed.
struct JSONCursor {
    /// The text is not what it should be at this byte.
    struct Malformed: Error {
        /// Index of the byte.
        var offset: Int
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var at: Int

    /// A cursor at the start of `bytes`, which must outlive it.
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        at = 0
    }

    private var malformed: Malformed { Malformed(offset: at) }

    private mutating func skipSpace() {
        while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x0a || bytes[at] == 0x0d || bytes[at] == 0x09 {
            at += 1
        }
    }

    private mutating func peek() throws(Malformed) -> UInt8 {
        skipSpace()
        guard at < bytes.count else { throw malformed }
        return bytes[at]
    }

    private mutating func consume(_ byte: UInt8) throws(Malformed) {
        guard try peek() == byte else { throw malformed }
        at += 1
    }

    /// Steps into an object; `nextKey` then gives its keys.
    mutating func beginObject() throws(Malformed) { try consume(UInt8(ascii: "{")) }

    /// The next key of the object, its value being next, or nil when the object ends.
    mutating func nextKey() throws(Malformed) -> String? {
        var next = try peek()
        if next == UInt8(ascii: ",") {
            at += 1
            next = try peek()
        }
        if next == UInt8(ascii: "}") {
            at += 1
            return nil
        }
        let key = try string()
        try consume(UInt8(ascii: ":"))
        return key
    }

    /// Steps into an array; `nextElement` then tells whether there is one more.
    mutating func beginArray() throws(Malformed) { try consume(UInt8(ascii: "[")) }

    /// True when an element is next, false when the array has ended.
    mutating func nextElement() throws(Malformed) -> Bool {
        var next = try peek()
        if next == UInt8(ascii: ",") {
            at += 1
            next = try peek()
        }
        if next == UInt8(ascii: "]") {
            at += 1
            return false
        }
        return true
    }

    /// Nothing but white space is left.
    mutating func expectEnd() throws(Malformed) {
        skipSpace()
        if at != bytes.count { throw malformed }
    }

    /// A whole number that fits.
    mutating func integer<Integer: FixedWidthInteger>(_: Integer.Type = Integer.self) throws(Malformed) -> Integer {
        var negative = false
        if try peek() == UInt8(ascii: "-") {
            negative = true
            at += 1
        }
        var value: Integer = 0
        let first = at
        while at < bytes.count, bytes[at] >= 0x30, bytes[at] <= 0x39 {
            let digit = Integer(truncatingIfNeeded: bytes[at] - 0x30)
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, more) =
                negative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            if overflow || more { throw malformed }
            value = sum
            at += 1
        }
        if at == first { throw malformed }
        if at < bytes.count, bytes[at] == 0x2e || bytes[at] | 0x20 == 0x65 { throw malformed }
        return value
    }

    /// `true` or `false`.
    mutating func bool() throws(Malformed) -> Bool {
        let isTrue = try peek() == UInt8(ascii: "t")
        try literal(isTrue ? "true" : "false")
        return isTrue
    }

    /// Steps over `null` and says true, or stays and says false.
    mutating func isNull() throws(Malformed) -> Bool {
        guard try peek() == UInt8(ascii: "n") else { return false }
        try literal("null")
        return true
    }

    private mutating func literal(_ text: StaticString) throws(Malformed) {
        for i in 0..<text.utf8CodeUnitCount {
            guard at < bytes.count, bytes[at] == text.utf8Start[i] else { throw malformed }
            at += 1
        }
    }

    /// A string, its escapes resolved.
    mutating func string() throws(Malformed) -> String {
        try consume(UInt8(ascii: "\""))
        let first = at
        while at < bytes.count, bytes[at] != UInt8(ascii: "\""), bytes[at] != UInt8(ascii: "\\") { at += 1 }
        guard at < bytes.count else { throw malformed }
        let plain = UnsafeBufferPointer(rebasing: bytes[first..<at])
        if bytes[at] == UInt8(ascii: "\"") {
            at += 1
            return String(decoding: plain, as: UTF8.self)
        }
        var units = Array(plain)
        while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
            if bytes[at] == UInt8(ascii: "\\") {
                at += 1
                units.append(contentsOf: try escape())
            } else {
                units.append(bytes[at])
                at += 1
            }
        }
        guard at < bytes.count else { throw malformed }
        at += 1
        return String(decoding: units, as: UTF8.self)
    }

    private mutating func escape() throws(Malformed) -> [UInt8] {
        guard at < bytes.count else { throw malformed }
        defer { at += 1 }
        switch bytes[at] {
        case UInt8(ascii: "n"): return [0x0a]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "r"): return [0x0d]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0c]
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [bytes[at]]
        case UInt8(ascii: "u"):
            var code = try hexadecimal4()
            if code >> 10 == 0x36, at + 2 < bytes.count, bytes[at + 1] == UInt8(ascii: "\\"),
                bytes[at + 2] == UInt8(ascii: "u")
            {
                at += 2
                code = 0x10000 + (code & 0x3ff) << 10 + (try hexadecimal4()) & 0x3ff
            }
            return Array(String(Character(Unicode.Scalar(code) ?? "\u{fffd}")).utf8)
        default: throw malformed
        }
    }

    /// The four digits after `u`; leaves the cursor on the last one.
    private mutating func hexadecimal4() throws(Malformed) -> UInt32 {
        guard at + 4 < bytes.count else { throw malformed }
        var code: UInt32 = 0
        for _ in 0..<4 {
            at += 1
            switch bytes[at] {
            case 0x30...0x39: code = code << 4 | UInt32(bytes[at] - 0x30)
            case 0x41...0x46, 0x61...0x66: code = code << 4 | UInt32((bytes[at] | 0x20) - 0x61 + 10)
            default: throw malformed
            }
        }
        return code
    }

    /// Steps over any value.
    mutating func skipValue() throws(Malformed) {
        var depth = 0
        repeat {
            switch try peek() {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                at += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                at += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                if depth == 0 { throw malformed }
                at += 1
            case UInt8(ascii: "\""): _ = try string()
            default:
                let first = at
                while at < bytes.count, isScalarByte(bytes[at]) { at += 1 }
                if at == first { throw malformed }
            }
        } while depth > 0
    }

    private func isScalarByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x61...0x7a, 0x41...0x5a, 0x2b, 0x2d, 0x2e: true
        default: false
        }
    }
}
