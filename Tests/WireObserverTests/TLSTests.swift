import EvidenceModel
import Foundation
import PacketWire
import TLSWire
import Testing

@testable import WireObserver

/// Kafka over TLS, as real OpenSSL speaks it: Fixtures/README.md says how the captures were made.
struct TLSTests {
    static let suites = [
        "tls12-aes128-gcm-sha256-resumed", "tls12-ecdhe-rsa-aes128-gcm-sha256", "tls12-ecdhe-rsa-aes256-gcm-sha384",
        "tls12-ecdhe-rsa-chacha20-poly1305", "tls13-aes-128-gcm-sha256", "tls13-aes-256-gcm-sha384-resumed",
        "tls13-chacha20-poly1305-sha256",
    ]

    private static func path(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().path() + "Fixtures/tls/" + name + ".pcapng.gz"
    }

    /// The capture's packets, and the secrets that it brings.
    private static func parts(_ name: String) throws -> (packets: [FilePacket], secrets: String) {
        var packets: [FilePacket] = []
        var secrets: [UInt8] = []
        let reader = try CaptureFileReader(path: path(name))
        reader.onSecrets = { secrets += $0 }
        _ = try reader.forEachPacket { packets.append(FilePacket(timeNs: $0.timeNs, bytes: Array($0.bytes))) }
        return (packets, String(decoding: secrets, as: UTF8.self))
    }

    private static func analysis(_ packets: [FilePacket], _ secrets: String) throws -> WireAnalysis {
        var keys = KeyLog()
        Array(secrets.utf8).withUnsafeBytes { keys.add($0) }
        return try FilePacket.pcapng(packets, linkType: .ethernet).withUnsafeBytes {
            try WireAnalysis(bytes: $0, side: .client, keys: keys)
        }
    }

    @Test(arguments: suites)
    func aCaptureThatBringsItsSecretsIsReadLikePlainText(_ name: String) throws {
        let evidence = try WireAnalysis([.anywhere(Self.path(name))]).evidence()
        let capture = try #require(evidence.captures.first)
        #expect(capture.requests == ["Produce v10": 5, "Metadata v13": 4, "ApiVersions v3": 2, "InitProducerId v4": 2])
        #expect(capture.answers == ["0": 5])
        #expect(capture.undecodableFrames == 0)
        #expect(evidence.batches.map(\.recordCount).reduce(0, +) == 126)
        #expect(evidence.batches.allSatisfy { $0.attempts.map(\.fate) == [.acknowledged] })
        #expect(evidence.findings.map(\.kind) == ["tls_handshakes"])
        let detail = evidence.findings.first?.detail ?? ""
        let version = name.hasPrefix("tls12") ? "TLS 1.2" : "TLS 1.3"
        #expect(detail.contains("2 TLS handshakes (\(version) x2; \(name.hasSuffix("resumed") ? 1 : 0) resumed)"))
        #expect(detail.hasSuffix("2 of 2 connections read with their secrets"))
    }

    @Test(arguments: suites)
    func aConnectionWithoutItsSecretIsNamed(_ name: String) throws {
        let (packets, secrets) = try Self.parts(name)
        let nothing = try Self.analysis(packets, "").evidence()
        #expect(Set(nothing.findings.map(\.kind)) == ["opaque_traffic", "tls_handshakes"])
        #expect(nothing.captures.first?.produceRequests == 0)
        let random = try #require(
            secrets.split(separator: "\n").first { $0.hasPrefix("CLIENT_") }?.split(separator: " ").dropFirst().first)
        let opaque = try #require(nothing.findings.first { $0.kind == "opaque_traffic" }?.detail)
        #expect(opaque.hasPrefix("2 connections to 127.0.0.1:29092 are TLS"))
        #expect(opaque.contains("client random \(random)"))
    }

    /// TLS 1.2 resumes with the master secret of the first connection; the log of a program may have that one only.
    @Test func aResumedSessionIsReadWithTheSecretOfTheFirst() throws {
        let (packets, secrets) = try Self.parts("tls12-aes128-gcm-sha256-resumed")
        let lines = secrets.split(separator: "\n").filter { $0.hasPrefix("CLIENT_RANDOM") }
        #expect(lines.count == 2)
        let capture = try #require(try Self.analysis(packets, String(lines[0])).captures.first)
        #expect(capture.answers == ["0": 5])
    }

    /// Without the handshake's own secrets TLS 1.3 is read from the first application data on.
    @Test func trafficSecretsAloneAreEnough() throws {
        let (packets, secrets) = try Self.parts("tls13-aes-128-gcm-sha256")
        let lines = secrets.split(separator: "\n").filter { $0.contains("TRAFFIC_SECRET_0") }
        let capture = try #require(
            try Self.analysis(packets, lines.joined(separator: "\r\n")).captures.first)
        #expect(capture.answers == ["0": 5])
    }

    @Test(arguments: suites)
    func aHoleIsPassedOver(_ name: String) throws {
        let (packets, secrets) = try Self.parts(name)
        // The last but one: before them a ClientHello may be as long.
        let requests = packets.indices.filter { packets[$0].bytes.count > 560 && packets[$0].bytes.count < 620 }
        let lost = try #require(requests.dropLast().last)
        var rest = packets
        rest.remove(at: lost)
        let evidence = try Self.analysis(rest, secrets).evidence()
        #expect(evidence.captures.first?.produceRequests == 4)
        #expect(evidence.captures.first?.answers == ["0": 4])
        #expect(!evidence.findings.contains { $0.kind == "sequence_gap" || $0.kind == "opaque_traffic" })
    }

    @Test func handshakesThatFailAreNamedWithoutSecrets() throws {
        let found = try WireAnalysis([.anywhere(Self.path("failures"))]).evidence().findings
        #expect(found.map(\.kind) == [String](repeating: "tls_handshake_failed", count: 4))
        let reasons = [
            "alert 70 protocol_version from the broker; server name 'broker.example', offered TLS 1.3",
            "alert 48 unknown_ca from the client; server name 'broker.example', offered TLS 1.3, TLS 1.2, chosen TLS 1.2",
            "alert 48 unknown_ca from the client; server name 'broker.example', offered TLS 1.3, TLS 1.2, chosen TLS 1.3",
            "closed by the broker after the ClientHello, which was not answered; server name 'broker.example'",
        ]
        for (finding, reason) in zip(found, reasons) { #expect(finding.detail.contains(reason)) }
    }

    /// Any byte may be damaged: the rest is read or named, and nothing traps.
    @Test(arguments: suites)
    func damageIsNamed(_ name: String) throws {
        let (packets, secrets) = try Self.parts(name)
        var random = SystemRandomNumberGenerator()
        for _ in 0..<150 {
            var damaged = packets
            for _ in 0..<3 {
                let place = Int.random(in: 0..<damaged.count, using: &random)
                guard damaged[place].bytes.count > 66 else { continue }
                let byte = Int.random(in: 66..<damaged[place].bytes.count, using: &random)
                damaged[place].bytes[byte] = UInt8.random(in: 0...255, using: &random)
            }
            let capture = try #require(try Self.analysis(damaged, secrets).captures.first)
            #expect(capture.produceRequests <= 5)
        }
    }

    @Test func aKeyLogsLines() {
        var keys = KeyLog()
        let random = String(repeating: "0a", count: 32)
        let text = """
            # SSL/TLS secrets log file
            CLIENT_RANDOM \(random) \(String(repeating: "B7", count: 48))\r
            CLIENT_RANDOM \(random) short
            EXPORTER_SECRET \(random) \(String(repeating: "00", count: 32))

            SERVER_TRAFFIC_SECRET_0 \(random) \(String(repeating: "01", count: 32))
            """
        Array(text.utf8).withUnsafeBytes { keys.add($0) }
        #expect(keys.count == 2)
        #expect(keys.unreadLines == 2)
    }
}
