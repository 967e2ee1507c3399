import EvidenceModel
import Foundation
import Reports
import Testing

/// Logins, which are on the wire like anything else, and TLS, which is opaque there.
@Suite(.enabled(if: CrosswindProgram.canRunCells, CrosswindProgram.reason), .serialized)
struct SecurityTests {
    private static let words = "sasl.mechanism: PLAIN, sasl.username: alice, sasl.password: secret"

    @Test func aLoginPassesAndProduceIsDecodedAfterIt() throws {
        let (results, _) = try EndToEndTests.results(
            [], expecting: 0,
            scenario: """
                name: sasl
                claim: c
                broker:
                  config: { sasl.enabled.mechanisms: PLAIN, crosswind.sasl.users: "alice:secret" }
                  login: { username: alice, password: secret }
                producer:
                  config: { security.protocol: SASL_PLAINTEXT, \(Self.words), enable.idempotence: true, linger.ms: 2 }
                workload: { records: 1000, rate: 1000/s, size: 100B }
                faults:
                  - { on: { request: SaslAuthenticate, nth: 1 }, do: [{ delay: 50ms }] }
                  - { on: { response: Produce, nth: 20 }, do: [drop, reset] }
                timeout: 60s
                matrix: { producer.client: [librdkafka, raw] }
                expect:
                  - { survives: true, acked: 1000, deduplicated_batches: "> 0" }
                """)
        #expect(results.cells.count == 2)
    }

    @Test(.enabled(if: ClientTests.hasClients, "needs the clients: make clients"))
    func theOtherClientsLogInByTheirOwnNames() throws {
        let (results, _) = try EndToEndTests.results(
            [], expecting: 0,
            scenario: """
                name: sasl-clients
                claim: c
                broker:
                  config: { sasl.enabled.mechanisms: PLAIN, crosswind.sasl.users: "alice:secret" }
                  login: { username: alice, password: secret }
                producer:
                  config_for:
                    kafka-clients:
                      security.protocol: SASL_PLAINTEXT
                      sasl.mechanism: PLAIN
                      sasl.jaas.config: >-
                        org.apache.kafka.common.security.plain.PlainLoginModule required username="alice" password="secret";
                    kafka-python:
                      { security_protocol: SASL_PLAINTEXT, sasl_mechanism: PLAIN, sasl_plain_username: alice, sasl_plain_password: secret }
                    aiokafka:
                      { enable_idempotence: true, security_protocol: SASL_PLAINTEXT, sasl_mechanism: PLAIN, sasl_plain_username: alice, sasl_plain_password: secret }
                workload: { records: 500, rate: 1000/s, size: 100B }
                faults:
                  - { on: { response: Produce, nth: 10 }, do: [drop, reset] }
                timeout: 60s
                matrix: { producer.client: [kafka-clients, kafka-python, aiokafka] }
                expect:
                  - { survives: true, acked: 500, deduplicated_batches: "> 0" }
                """)
        #expect(results.cells.count == 3)
    }

    /// Python's ssl in front of the broker, as a TLS listener; the broker's own port is the one in plain text.
    private static let listener = """
        import socket, ssl, subprocess, sys, threading
        crosswind, host, port, inner, certificate, key = sys.argv[1:]
        broker = subprocess.Popen([crosswind, 'broker', '--listen', '0.0.0.0:' + inner, '--advertise', host + ':' + port])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        def pump(a, b):
            try:
                while True:
                    data = a.recv(65536)
                    if not data: break
                    b.sendall(data)
            except OSError:
                pass
            for s in (a, b):
                try: s.shutdown(socket.SHUT_RDWR)
                except OSError: pass
        def serve(raw):
            try:
                near = context.wrap_socket(raw, server_side=True)
                far = socket.create_connection(('127.0.0.1', int(inner)))
            except OSError:
                raw.close()
                return
            threading.Thread(target=pump, args=(far, near), daemon=True).start()
            pump(near, far)
        server = socket.create_server((host, int(port)), backlog=100)
        while True:
            threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
        """

    private static func openssl(_ directory: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=crosswind test",
            "-addext", "subjectAltName=IP:198.18.1.1", "-keyout", directory + "/key.pem", "-out",
            directory + "/certificate.pem",
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl made no certificate")
    }

    @Test func tlsIsOpaqueAndJudgedByTheOtherAccounts() throws {
        try CrosswindProgram.withTemporaryDirectory { directory in
            try Self.openssl(directory)
            try Self.listener.write(toFile: directory + "/listener.py", atomically: true, encoding: .utf8)
            let broker = """
                broker:
                  kind: command
                  command:
                    - python3
                    - \(directory)/listener.py
                    - \(CrosswindProgram.path)
                    - "{host}"
                    - "{port}"
                    - "19092"
                    - \(directory)/certificate.pem
                    - \(directory)/key.pem
                  plaintext_port: 19092
                  topics: [{ name: orders, partitions: 1 }]
                workload: { records: 2000, rate: 1000/s, size: 100B }
                faults:
                  - { at: 500ms, for: 200ms, direction: brokerToClient, partition: true }
                  - { at: 650ms, do: [reset] }
                timeout: 60s
                """
            let (results, _) = try EndToEndTests.results(
                [], expecting: 0,
                scenario: """
                    name: tls
                    claim: c
                    \(broker)
                    producer:
                      client: librdkafka
                      config: { security.protocol: SSL, ssl.ca.location: \(directory)/certificate.pem, linger.ms: 5 }
                    matrix:
                      producer.config.enable.idempotence: [false, true]
                    expect:
                      - { when: { enable.idempotence: false }, survives: false, duplicates: "> 0", lost: 0, acked: 2000 }
                      - { when: { enable.idempotence: true }, survives: true, duplicates: 0, lost: 0, acked: 2000 }
                    """)
            #expect(results.cells.count == 2)
            for cell in results.cells.map(\.verdict) {
                // What nobody could see is not known, and never 0.
                #expect(cell.measures.errorCodes == nil && cell.measures.retriedBatches == nil)
                let wire = cell.properties.first { $0.property == "acks-on-wire" }
                #expect(wire?.detail.contains("TLS") == true, "\(wire?.detail ?? "")")
            }
        }
    }
}
