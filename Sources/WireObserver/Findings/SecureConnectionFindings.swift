import EvidenceModel
import TLSWire

/// Findings `tls_handshakes`, `tls_handshake_failed` and `opaque_traffic`: how the handshakes of TLS went, with and without
/// secrets, and which connections could not be read, and why.
enum SecureConnectionFindings {
    static func add(_ observer: CaptureObserver, to list: inout FindingList) {
        for (broker, entry) in observer.table.secured.sorted {
            let end = WireAnalysis.text(broker)
            if entry.handshakes > 0 {
                list.add("tls_handshakes", entry.firstNs, "\(end): " + handshakes(entry))
            }
            for (failure, failed) in entry.failures.sorted(by: { $0.value.firstNs < $1.value.firstNs }) {
                list.add(
                    "tls_handshake_failed", failed.firstNs,
                    "\(InspectText.count(failed.connections, "connection")) to \(end): " + text(failure, failed))
            }
            for (obstacle, unread) in entry.unread.sorted(by: { $0.value.firstNs < $1.value.firstNs }) {
                list.add(
                    "opaque_traffic", unread.firstNs,
                    "\(InspectText.count(unread.connections, "connection")) to \(end) \(unread.connections == 1 ? "is" : "are")"
                        + " TLS, and nothing in them can be read: " + text(obstacle, unread))
            }
        }
    }

    private static func handshakes(_ entry: SecureConnections.Entry) -> String {
        let times = entry.timesNs.sorted()
        let versions = entry.versions.sorted { $0.key > $1.key }
            .map { "\(TLSHandshake.name(ofVersion: $0.key)) x\($0.value)" }.joined(separator: ", ")
        return "\(InspectText.count(entry.handshakes, "TLS handshake")) (\(versions); \(entry.resumed) resumed):"
            + " \(InspectText.milliseconds(times[times.count / 2])) p50,"
            + " \(InspectText.milliseconds(entry.longestNs)) max; \(entry.read) of"
            + " \(InspectText.count(entry.connections, "connection")) read with their secrets"
    }

    private static func text(_ failure: SecureConnections.Failure, _ failed: SecureConnections.Failed) -> String {
        let reason =
            switch failure {
            case .alert(let code, let isFromClient):
                "the TLS handshake failed or the connection was ended: alert"
                    + " \(TLSAlert(code: code, isFromClient: isFromClient).text) from the \(isFromClient ? "client" : "broker")"
            case .hiddenAlert:
                "the TLS handshake failed: the client answered the broker's certificate with an alert, which is encrypted"
            case .closed(let byClient, let isAnswered):
                "the TLS handshake did not end: closed by the \(byClient ? "client" : "broker") after the"
                    + (isAnswered ? " broker's answer" : " ClientHello, which was not answered")
            }
        let offered = failed.offered.map(TLSHandshake.name(ofVersion:)).joined(separator: ", ")
        return reason + "; server name \(failed.serverName.map { "'\($0)'" } ?? "not given"), offered \(offered)"
            + (failed.version == 0 ? "" : ", chosen \(TLSHandshake.name(ofVersion: failed.version))")
    }

    private static func text(_ obstacle: TLSSession.Obstacle, _ unread: SecureConnections.Unread) -> String {
        let client = unread.client.map { WireAnalysis.text($0) } ?? "?"
        let random = unread.clientRandom.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        switch obstacle {
        case .noSecret:
            return
                "no secret is known for the first, from \(client), client random \(random); give the key log with --keylog"
        case .unsupported:
            return "the first, from \(client), is \(TLSHandshake.name(ofVersion: unread.version)) with cipher suite 0x"
                + String(unread.suite, radix: 16) + "; TLS 1.2 and 1.3 with AES-GCM and ChaCha20-Poly1305 are read"
        case .notCaptured:
            return "the handshake of the first, from \(client), is not in the capture, or too much was cut or lost"
        case .undecryptable:
            return "the first, from \(client), client random \(random), does not go with its secret, or breaks off"
        }
    }
}
