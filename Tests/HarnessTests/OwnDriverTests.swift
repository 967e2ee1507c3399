import Foundation
import Testing

/// A driver of somebody's own, in one file, without a folder and without a line of Swift: `producer: { driver: [...] }`.
@Suite(.enabled(if: CrosswindProgram.canRunCells, CrosswindProgram.reason), .serialized)
struct OwnDriverTests {
    /// What an outsider writes from docs/driver-protocol.md alone.
    private static let driver = #"""
        #!/usr/bin/env python3
        import json, sys, threading, time
        sys.path[:0] = sys.argv[1:2]
        from kafka import KafkaProducer, __version__

        ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        now = lambda: int(time.time() * 1e6)
        lock = threading.Lock()

        def say(**fields):
            with lock:
                sys.stdout.write(json.dumps(fields) + "\n")
                sys.stdout.flush()

        say(type="hello", protocol=1, driver="outsider", client="kafka-python", version=__version__)
        asked = json.loads(sys.stdin.readline())
        config = {name.replace(".", "_"): json.loads(value) if value[:1].isdigit() else {"true": True}.get(value, value)
                  for name, value in asked["config"].items()}
        producer = KafkaProducer(**config, bootstrap_servers=asked["bootstrap"].split(","))
        counts = {"acknowledged": 0, "failed": 0}
        topics = asked["topics"]
        for topic in topics:
            producer.partitions_for(topic["name"])
        say(type="ready", time_us=now())
        sys.stdin.readline()  # start

        def listen():  # the end of the harness ends the driver
            while sys.stdin.readline():
                pass
            import os
            os._exit(0)

        threading.Thread(target=listen, daemon=True).start()
        begin = time.time()
        say(type="began", time_us=now())
        for id in range(asked["records"]):
            if asked["rate_records_per_s"]:
                time.sleep(max(0, begin + id / asked["rate_records_per_s"] - time.time()))
            index = id % len(topics)
            partition = id // len(topics) % topics[index]["partitions"]
            value = b"%016x" % id
            value += bytes(ALPHABET[(id + i) % 64] for i in range(16, asked["size_bytes"]))
            say(type="sent", topic=index, rows=[[id, partition, now()]])

            def acknowledged(metadata, id=id, index=index):
                counts["acknowledged"] += 1
                say(type="acknowledged", topic=index, rows=[[id, metadata.partition, metadata.offset, now()]])

            def failed(error, id=id, index=index, partition=partition):
                counts["failed"] += 1
                say(type="failed", topic=index, rows=[[id, partition, now(), type(error).__name__, "indeterminate"]])

            sending = producer.send(topics[index]["name"], value, partition=partition)
            sending.add_callback(acknowledged).add_errback(failed)
        producer.flush()
        while sum(counts.values()) < asked["records"]:
            time.sleep(0.005)
        say(type="done", time_us=now(), sent=asked["records"], **counts)
        """#

    private func run(_ producer: String, clientYAML: String? = nil) throws -> CrosswindProgram.Result {
        try CrosswindProgram.withTemporaryDirectory { directory in
            try Self.driver.write(toFile: directory + "/mine.py", atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: directory + "/mine.py")
            try clientYAML?.write(toFile: directory + "/client.yaml", atomically: true, encoding: .utf8)
            let scenario = """
                name: mine
                claim: A driver of somebody's own is a client like any other.
                producer: \(producer.replacing("{here}", with: directory))
                workload: { records: 600, rate: 400/s, size: 64B }
                faults: [{ on: { response: Produce, nth: 20 }, do: [drop, reset] }]
                timeout: 30s
                expect: [{ survives: true, acked: 600, retried_batches: "> 0", deduplicated_batches: "> 0" }]
                """
            try scenario.write(toFile: directory + "/mine.yaml", atomically: true, encoding: .utf8)
            return try CrosswindProgram.run(["run", "--output", directory + "/run", directory + "/mine.yaml"])
        }
    }

    private static var library: String {
        let folder = ClientTests.cache + "/kafka-python"
        let releases = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return folder + "/" + (releases.max { $0.compare($1, options: .numeric) == .orderedAscending } ?? "")
    }

    @Test(.enabled(if: ClientTests.hasClients, "needs the clients: make clients"))
    func anOutsidersDriverIsJudgedLikeAnyClient() throws {
        #expect(Self.driver.split(separator: "\n").count <= 65)
        let result = try run(
            "{ driver: [\"{here}/mine.py\", \(Self.library)], config: { acks: all, enable_idempotence: true } }")
        #expect(result.exitCode == 0, "\(result.output) \(result.errors)")
    }

    @Test func aClientDescriptionBesideItKnowsItsProperties() throws {
        let yaml = """
            about: mine
            language: Python
            driver: { program: mine.py }
            properties: { producer: acks linger_ms, complete: true }
            """
        let result = try run("{ driver: \"{here}/mine.py\", config: { lnger_ms: 5 } }", clientYAML: yaml)
        #expect(result.exitCode == 64)
        #expect(
            (result.output + result.errors).contains("did you mean 'linger_ms'"), "\(result.output) \(result.errors)")
    }

    @Test(arguments: [
        ("{ driver: ./nowhere.py }", 69, "./nowhere.py"),
        ("{ driver: [], config: {} }", 64, "no program is given"),
        ("{ driver: ./a, client: raw }", 64, "'client' does not go with 'driver'"),
        ("{ driver: ./a, version: \"1\" }", 64, "'version' does not go with 'driver'"),
    ])
    func whatCannotBeStartedIsTold(producer: String, code: Int, words: String) throws {
        let result = try run(producer)
        #expect(Int(result.exitCode) == code, "\(result.output) \(result.errors)")
        #expect((result.output + result.errors).contains(words), "\(result.output) \(result.errors)")
    }
}
