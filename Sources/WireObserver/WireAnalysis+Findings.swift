import EvidenceModel

extension WireAnalysis {
    /// What deserves a look, in time order.
    public func findings() -> [WireEvidence.Finding] { fileNotes }
}
