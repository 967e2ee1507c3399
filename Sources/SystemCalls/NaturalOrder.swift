/// Order of names in which numbers count as numbers: `2.9` before `2.16`, `node-2` before `node-10`.
public enum NaturalOrder {
    /// True when `a` comes before `b`.
    public static func precedes(_ a: String, _ b: String) -> Bool {
        var (a, b) = (Substring(a).utf8, Substring(b).utf8)
        while let x = a.first, let y = b.first {
            if isDigit(x), isDigit(y) {
                let (n, m) = (number(&a), number(&b))
                if n.count != m.count { return n.count < m.count }
                if !n.elementsEqual(m) { return n.lexicographicallyPrecedes(m) }
            } else {
                if x != y { return x < y }
                a.removeFirst()
                b.removeFirst()
            }
        }
        return a.isEmpty && !b.isEmpty
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// Takes the digits in front, without zeros that say nothing.
    private static func number(_ text: inout Substring.UTF8View) -> [UInt8] {
        let digits = text.prefix(while: isDigit)
        text = text.dropFirst(digits.count)
        return Array(digits.drop { $0 == UInt8(ascii: "0") })
    }
}
