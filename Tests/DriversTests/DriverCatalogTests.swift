import Foundation
import Testing

@testable import Drivers

/// Each test makes its own cache with empty files: the catalog only looks, it starts nothing but `--version`.
struct DriverCatalogTests {
    private let root: String
    private let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    init() throws {
        root = NSTemporaryDirectory() + "catalog-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: root + "/checkout", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: checkout.path + "/Drivers", toPath: root + "/checkout/Drivers")
    }

    /// Reads the folders as they are now.
    private var catalog: DriverCatalog {
        get throws {
            try DriverCatalog(
                environment: ["CROSSWIND_CACHE": root + "/cache", "PATH": root + "/bin"],
                executableDirectory: root + "/checkout/.build/release")
        }
    }

    private func file(_ path: String, _ text: String = "#!/bin/sh\n") throws {
        let path = root + "/" + path
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        #expect(
            FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o755]))
    }

    private func missing(_ client: String, _ version: String? = nil) throws -> MissingClient? {
        let catalog = try catalog
        do throws(MissingClient) {
            _ = try catalog.launch(client: client, version: version)
            return nil
        } catch { return error }
    }

    @Test func nothingInstalledNamesTheRemedy() throws {
        try file("bin/java")
        try file("bin/python3")
        for client in ["kafka-clients", "kafka-python", "aiokafka"] {
            let error = try missing(client)
            #expect(error?.client == client)
            #expect(error?.remedy.contains("make clients") == true)
        }
        #expect(try missing("librdkafka")?.remedy.contains("make build") == true)
    }

    @Test func anUnknownClientNamesTheKnownOnes() throws {
        let words = try missing("no-such-client")?.description
        // Whatever folders there are: a new client is no change here.
        let folders = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Drivers").path
        let known = try FileManager.default.contentsOfDirectory(atPath: folders).sorted().filter {
            FileManager.default.fileExists(atPath: "\(folders)/\($0)/client.yaml")
        }
        #expect(known.count >= 5)
        #expect(words?.contains(known.joined(separator: ", ")) == true, "\(words ?? "")")
    }

    @Test func librdkafkaWithoutAVersionIsTheSystems() throws {
        try file("checkout/.build/release/crosswind-rdkafka")
        let launch = try catalog.launch(client: "librdkafka")
        #expect(launch.executable == root + "/checkout/.build/release/crosswind-rdkafka")
        #expect(launch.environment == [:])
    }

    @Test func aVersionOfLibrdkafkaIsASharedObject() throws {
        try file("checkout/.build/release/crosswind-rdkafka", "#!/bin/sh\necho librdkafka 2.0.2\n")
        try file("cache/librdkafka/2.16.0/librdkafka.so.1")
        try file("cache/librdkafka/2.9.1/librdkafka.so.1")
        let launch = try catalog.launch(client: "librdkafka", version: "2.16")
        #expect(launch.environment["LD_LIBRARY_PATH"] == root + "/cache/librdkafka/2.16.0")
        #expect(launch.expectedVersion == "2.16")
        #expect(try catalog.launch(client: "librdkafka", version: "2.0.2").environment == [:])
        #expect(try missing("librdkafka", "2.1")?.missing == "the system has 2.0.2, the cache 2.16.0, 2.9.1")
    }

    @Test func theNewestVersionIsTheDefault() throws {
        try file("bin/java")
        for version in ["4.3.0", "4.10.1", "3.9.9"] { try file("cache/kafka-clients/\(version)/crosswind-driver.jar") }
        #expect(try catalog.launch(client: "kafka-clients").arguments.contains(root + "/cache/kafka-clients/4.10.1/*"))
        let old = try catalog.launch(client: "kafka-clients", version: "3.9")
        #expect(old.arguments.contains(root + "/cache/kafka-clients/3.9.9/*"))
        #expect(try missing("kafka-clients", "4")?.missing == nil)
        #expect(try missing("kafka-clients", "4.1")?.missing.contains("4.10.1, 4.3.0, 3.9.9") == true)
    }

    @Test func withoutJavaTheJarsAreNotEnough() throws {
        try file("cache/kafka-clients/4.3.0/crosswind-driver.jar")
        #expect(try missing("kafka-clients")?.missing == "java is not on PATH")
    }

    @Test func aPythonClientNeedsLibraryInterpreterAndDriver() throws {
        try file("cache/aiokafka/0.14.0/aiokafka/__init__.py")
        let own = root + "/cache/python/bin/python3"
        #expect(try missing("aiokafka")?.missing == "neither \(own) nor python3 on PATH")
        try file("bin/python3")
        let driver = root + "/checkout/Drivers/aiokafka/driver.py"
        #expect(try catalog.launch(client: "aiokafka").arguments == ["-u", driver])
        // The cache's own interpreter, for which the client was installed, comes before the system's.
        #expect(try catalog.launch(client: "aiokafka").executable == root + "/bin/python3")
        try file("cache/python/bin/python3")
        let launch = try catalog.launch(client: "aiokafka")
        #expect(launch.executable == own)
        #expect(
            launch.environment["PYTHONPATH"] == root + "/cache/aiokafka/0.14.0:" + root + "/checkout/Drivers/python")
        try FileManager.default.removeItem(atPath: driver)
        #expect(try missing("aiokafka")?.missing == "\(driver) does not exist")
    }

    @Test func withoutACheckoutTheCopiesOfTheCacheAreUsed() throws {
        try file("bin/python3")
        try file("cache/aiokafka/0.14.0/aiokafka/__init__.py")
        try FileManager.default.createDirectory(atPath: root + "/cache", withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: root + "/checkout/Drivers", toPath: root + "/cache/drivers")
        let driver = root + "/cache/drivers/aiokafka/driver.py"
        #expect(try catalog.launch(client: "aiokafka").arguments == ["-u", driver])
    }

    @Test func withoutAnyFolderTheErrorSaysWhereItLooked() throws {
        try FileManager.default.removeItem(atPath: root + "/checkout/Drivers")
        #expect(try missing("aiokafka")?.description.contains("\(root)/cache/drivers") == true)
    }

    @Test func helloMustNameTheVersionAskedFor() {
        let launch = DriverLaunch(executable: "x", expectedVersion: "2.16")
        func hello(_ version: String) -> DriverHello {
            DriverHello(version: 1, driver: "d", client: "librdkafka", clientVersion: version)
        }
        #expect(launch.accepts(hello("2.16.0")))
        #expect(launch.accepts(hello("2.16")))
        #expect(!launch.accepts(hello("2.1")))
        #expect(!launch.accepts(hello("2.160.0")))
        #expect(DriverLaunch(executable: "x").accepts(hello("0")))
    }

    /// How long a driver is, as docs/driver-protocol.md says it to whoever thinks of writing one.
    @Test func theShortestDriverIsAsShortAsThePageSays() throws {
        func lines(_ path: String) throws -> Int {
            try String(contentsOf: checkout.appending(path: path), encoding: .utf8).split(separator: "\n").count
        }
        let page = try String(contentsOf: checkout.appending(path: "docs/driver-protocol.md"), encoding: .utf8)
        let told = try #require(page.firstMatch(of: /a driver is fewer than (\d+) lines/).flatMap { Int($0.output.1) })
        let shortest =
            try lines("Drivers/kafka-python/driver.py") + lines("Drivers/python/crosswind_driver.py")
        #expect(shortest < told && shortest > told - 100)
    }
}
