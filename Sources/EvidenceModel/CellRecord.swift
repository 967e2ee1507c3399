/// Everything a judge may look at: the accounts of one cell, read from its record on disk.
public struct CellRecord: Sendable {
    /// What was asked for.
    public var cell: CellDescription
    /// What the harness did and saw, in time order.
    public var history: [HistoryEvent]
    /// What the client says.
    public var client: ClientAccount
    /// What the broker's log holds; nil when it could not be read back.
    public var log: LogAccount?
    /// What the link did.
    public var faultLog: [FaultLogEntry]
    /// What the captures say; nil when there are none.
    public var wire: WireEvidence?
    /// Parts of the record that could not be read, in words; each one is a doubt.
    public var unreadable: [String]

    /// A record from its accounts.
    public init(
        cell: CellDescription, history: [HistoryEvent], client: ClientAccount, log: LogAccount?,
        faultLog: [FaultLogEntry], wire: WireEvidence?, unreadable: [String] = []
    ) {
        self.cell = cell
        self.history = history
        self.client = client
        self.log = log
        self.faultLog = faultLog
        self.wire = wire
        self.unreadable = unreadable
    }
}
