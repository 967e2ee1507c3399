import Drivers
import Foundation
import RawClient
import ScenarioModel
import Testing

/// The tables of what clients can be told, against the clients themselves.
@Suite(.enabled(if: ClientTests.hasClients, "needs the clients: make clients"))
struct ClientPropertyTests {
    /// What a command prints.
    private func output(_ command: [String], environment: [String: String] = [:]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = environment.map { "\($0.key)=\($0.value)" } + command
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(command)")
        return String(decoding: data, as: UTF8.self)
    }

    private func python(_ code: String, _ client: String) throws -> Set<String> {
        let cache = ClientTests.cache
        let versions = try FileManager.default.contentsOfDirectory(atPath: "\(cache)/\(client)").sorted()
        let folder = "\(cache)/\(client)/\(try #require(versions.last))"
        let text = try output(["\(cache)/python/bin/python3", "-c", code, folder], environment: ["PYTHONPATH": folder])
        return Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
    }

    private func expectKnown(_ names: Set<String>, _ client: String) throws {
        let properties = try #require(try DriverCatalog().client(client)).properties
        let known = Set(properties.names).union(properties.withoutEffect.keys)
        #expect(names.count > 20, "\(names)")
        #expect(names.subtracting(known).isEmpty, "\(client) knows more: \(names.subtracting(known).sorted())")
    }

    @Test func everyPropertyOfLibrdkafkaIsKnown() throws {
        let code = """
            import ctypes, sys, re, os, tempfile
            library = ctypes.CDLL(sys.argv[1] + '/librdkafka.so.1')
            libc = ctypes.CDLL(None)
            libc.fopen.restype = ctypes.c_void_p
            libc.fclose.argtypes = library.rd_kafka_conf_properties_show.argtypes = [ctypes.c_void_p]
            path = tempfile.mktemp()
            file = libc.fopen(path.encode(), b'w')
            library.rd_kafka_conf_properties_show(file)
            libc.fclose(file)
            for line in open(path):
                found = re.match(r'([a-z][a-z0-9._]+) +[|] +[CP*] +[|]', line)
                if found and found[1] != 'builtin.features': print(found[1])
            os.unlink(path)
            """
        try expectKnown(try python(code, "librdkafka"), "librdkafka")
    }

    @Test func everyPropertyOfTheRawProducerIsKnown() throws {
        let properties = try #require(try DriverCatalog().client("raw")).properties
        #expect(Set(properties.names).union(properties.withoutEffect.keys) == Set(RawProducerProperties.names))
        #expect(properties.isComplete)
    }

    @Test func everyPropertyOfKafkaPythonIsKnown() throws {
        let code = """
            from kafka import KafkaProducer, KafkaConsumer
            print(*KafkaProducer.DEFAULT_CONFIG, *KafkaConsumer.DEFAULT_CONFIG)
            """
        try expectKnown(try python(code, "kafka-python"), "kafka-python")
    }

    @Test func everyPropertyOfAiokafkaIsKnown() throws {
        let code = """
            import inspect, aiokafka
            for client in (aiokafka.AIOKafkaProducer, aiokafka.AIOKafkaConsumer):
                names = set(inspect.signature(client.__init__).parameters) - {'self'}
                print(*names)
            """
        try expectKnown(try python(code, "aiokafka"), "aiokafka")
    }

    @Test func everyPropertyOfTheJavaClientIsKnown() throws {
        let cache = ClientTests.cache
        let versions = try FileManager.default.contentsOfDirectory(atPath: "\(cache)/kafka-clients").sorted()
        let jars = "\(cache)/kafka-clients/\(try #require(versions.last))/*"
        try CrosswindProgram.withTemporaryDirectory { directory in
            try """
            public class Names {
                public static void main(String[] arguments) {
                    for (String name : org.apache.kafka.clients.producer.ProducerConfig.configNames()) System.out.println(name);
                    for (String name : org.apache.kafka.clients.consumer.ConsumerConfig.configNames()) System.out.println(name);
                }
            }
            """.write(toFile: directory + "/Names.java", atomically: true, encoding: .utf8)
            let text = try output(["java", "-cp", jars, directory + "/Names.java"])
            try expectKnown(Set(text.split(whereSeparator: \.isWhitespace).map(String.init)), "kafka-clients")
        }
    }
}
