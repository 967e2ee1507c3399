import EvidenceModel

/// A capture to analyse: the files of one capture point, oldest first when they rotated.
public struct CaptureSource: Sendable, Equatable {
    /// Paths of the files.
    public var files: [String]
    /// The end of the link it was taken at; nil to find out from the packets.
    public var side: WireEvidence.Side?
    /// Broker node, from 1, for a capture at a broker; 0 where unknown.
    public var node: Int

    /// A capture in several files.
    public init(files: [String], side: WireEvidence.Side?, node: Int = 0) {
        self.files = files
        self.side = side
        self.node = node
    }

    /// A capture in one file.
    public init(_ file: String, side: WireEvidence.Side?, node: Int = 0) {
        self.init(files: [file], side: side, node: node)
    }

    /// A capture of which the packets have to tell the side.
    public static func anywhere(_ file: String) -> CaptureSource { CaptureSource(file, side: nil) }

    /// A capture taken at the client.
    public static func atClient(_ file: String) -> CaptureSource { CaptureSource(file, side: .client) }

    /// A capture taken at a broker; nodes count from 1.
    public static func atBroker(_ file: String, node: Int) -> CaptureSource {
        CaptureSource(file, side: .broker, node: node)
    }
}
