/// What the terminal can show, and what its user wants.
public struct TerminalStyle: Sendable, Equatable {
    /// Output goes to a terminal: redraw in place instead of adding lines.
    public var isTerminal: Bool
    /// Use colours.
    public var colours: Bool
    /// Use characters beyond ASCII for marks.
    public var unicode: Bool
    /// Columns.
    public var width: Int
    /// Rows.
    public var height: Int

    /// A style as given.
    public init(isTerminal: Bool, colours: Bool, unicode: Bool, width: Int, height: Int = 24) {
        self.isTerminal = isTerminal
        self.colours = colours
        self.unicode = unicode
        self.width = width
        self.height = height
    }

    /// The style for an output, by the usual rules: colours on a terminal unless `NO_COLOR` is set and not empty or
    /// `TERM` is `dumb`; `CLICOLOR_FORCE` forces them; marks by the character set of the locale. `width` and `height`
    /// are those of the terminal, 0 when not known; then `COLUMNS` counts, then 80, and 120 without a terminal.
    public static func detect(
        environment: [String: String], isTerminal: Bool, width: Int = 0, height: Int = 0
    ) -> TerminalStyle {
        let noColour = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        let forced = environment["CLICOLOR_FORCE"].map { !$0.isEmpty && $0 != "0" } ?? false
        let dumb = environment["TERM"] == "dumb"
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let lowered = locale.lowercased()
        // Without a locale (a container, CI) the reader is a browser or a file: UTF-8.
        let unicode = locale.isEmpty || lowered.contains("utf-8") || lowered.contains("utf8")
        let columns = environment["COLUMNS"].flatMap { Int($0) } ?? 0
        return TerminalStyle(
            isTerminal: isTerminal && !dumb, colours: !noColour && (forced || (isTerminal && !dumb)),
            unicode: unicode, width: max(width > 0 ? width : columns > 0 ? columns : isTerminal ? 80 : 120, 40),
            height: height > 0 ? height : 24)
    }

    /// A colour or weight.
    enum Paint: String {
        case green = "32"
        case red = "31"
        case yellow = "33"
        case dim = "2"
        case bold = "1"
    }

    /// `text` in a colour, where colours are wanted.
    func paint(_ text: String, _ paint: Paint) -> String {
        colours && !text.isEmpty ? "\u{1b}[\(paint.rawValue)m\(text)\u{1b}[0m" : text
    }
}
