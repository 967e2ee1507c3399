extension JSONCursor {
    /// The text of a string with escapes.
    func unescaped(_ range: Range<Int>) throws(JSONError) -> String {
        var units: [UInt16] = []
        var result = ""
        var index = range.lowerBound
        var plainStart = index
        func failure(_ at: Int) -> JSONError { JSONError(reason: "bad escape at byte \(at)") }
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

    private func codeUnit(at index: Int, before end: Int) throws(JSONError) -> UInt16 {
        guard index + 4 <= end,
            let unit = UInt16(String(decoding: bytes[index..<(index + 4)], as: UTF8.self), radix: 16)
        else { throw JSONError(reason: "bad escape at byte \(index)") }
        return unit
    }
}
