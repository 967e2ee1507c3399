/// One thing that was seen, and where: what an answer points at.
public struct Evidence: Sendable, Equatable, Hashable {
    /// The input as it was named on the command line.
    public var source: String
    /// Line of the input, from 1; nil for what a capture shows, and for what is absent.
    public var line: Int?
    /// Time of the event, microseconds since the epoch or since midnight where the line has no date; nil without one.
    public var timeUs: Int64?
    /// The batch concerned, as `crosswind inspect --batch` takes it; nil where it is none.
    public var batch: String?
    /// The line itself, cut at 240 bytes, or a sentence on what was seen.
    public var text: String

    /// What was seen at a place.
    public init(source: String, line: Int? = nil, timeUs: Int64? = nil, batch: String? = nil, text: String) {
        self.source = source
        self.line = line
        self.timeUs = timeUs
        self.batch = batch
        self.text = text
    }

    /// `file:line`, or the file alone.
    public var place: String { line.map { "\(source):\($0)" } ?? source }
}
