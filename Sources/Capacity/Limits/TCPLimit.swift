import EvidenceModel

/// TCP after loss: segments were sent again, and the connection carries about what Mathis or Padhye say.
enum TCPLimit: LimitRule {
    static func assess(_ situation: PointSituation) -> CapacityLimit? {
        guard let wire = situation.observation.wire, wire.requests > 0 else { return nil }
        let loss = max(wire.lossShare, 0)
        guard loss > 0, wire.baseTransitMs > 0 else {
            return CapacityLimit(
                kind: .tcp, used: 0, evidence: "no packet of the client was lost, so TCP had no reason to slow down")
        }
        let congestion = situation.cell.network?.tcp?.client.congestion
        let seen =
            "\(Text.percent(loss)) of the client's packets were lost and"
            + " \(Text.percent(wire.retransmittedRequestShare)) of the requests had segments sent again"
        guard
            let model = TCPModel.ceiling(
                roundTripS: wire.baseTransitMs / 1000, loss: loss, congestion: congestion)
        else {
            return CapacityLimit(
                kind: .tcp, used: 0, evidence: "\(seen); no formula says what \(congestion ?? "it") carries then")
        }
        let ceiling = model.bytesPerS * Double(max(wire.connections, 1)) / max(wire.wireBytesPerRecord, 1)
        return CapacityLimit(
            kind: .tcp, ceilingRecordsPerS: ceiling, used: min(situation.throughput / ceiling, 1),
            evidence: "\(seen); \(model.name) for \(congestion ?? "TCP")"
                + " at \(Text.number(wire.baseTransitMs)) ms gives \(Text.number(ceiling)) records/s")
    }
}
