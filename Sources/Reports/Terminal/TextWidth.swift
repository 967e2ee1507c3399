/// How wide text is on a terminal, and how to make it fit.
enum TextWidth {
    /// Columns that `text` takes: characters of East Asian scripts and emoji take two.
    static func of(_ text: String) -> Int {
        var width = 0
        for character in text {
            guard let scalar = character.unicodeScalars.first else { continue }
            switch scalar.value {
            case 0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60,
                0xffe0...0xffe6, 0x1f300...0x1faff, 0x20000...0x3fffd:
                width += 2
            default: width += 1
            }
        }
        return width
    }

    /// `text` without anything that a terminal would obey: control characters and direction marks become U+FFFD, line
    /// ends become spaces. Text of brokers and clients reaches terminals only through here.
    static func harmless(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x09, 0x0a, 0x0d: scalars.append(" ")
            case 0..<0x20, 0x7f..<0xa0, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069: scalars.append("\u{fffd}")
            default: scalars.append(scalar)
            }
        }
        return String(scalars)
    }

    /// `text` cut to at most `width` columns.
    static func cut(_ text: String, _ width: Int) -> String {
        if of(text) <= width { return text }
        var kept = ""
        var used = 0
        for character in text {
            let columns = of(String(character))
            if used + columns > width - 1 { break }
            kept.append(character)
            used += columns
        }
        return kept + "…"
    }

    /// `text` filled up with spaces to `width` columns.
    static func pad(_ text: String, _ width: Int, right: Bool = false) -> String {
        let fill = String(repeating: " ", count: max(width - of(text), 0))
        return right ? fill + text : text + fill
    }

    /// `text` in lines of at most `width` columns, broken between words where possible.
    static func wrap(_ text: String, _ width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            var word = String(word)
            if !line.isEmpty, of(line) + 1 + of(word) > width {
                lines.append(line)
                line = ""
            }
            while of(word) > width {
                let head = String(cut(word, width + 1).dropLast())
                if head.isEmpty { break }
                lines.append(head)
                word.removeFirst(head.count)
            }
            line += line.isEmpty ? word : " " + word
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }
}
