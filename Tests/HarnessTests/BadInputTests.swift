import Foundation
import Testing

/// Wrong input: the place, what is allowed, exit code 64, and nothing started.
struct BadInputTests {
    private static func run(_ yaml: String, _ arguments: [String] = ["run"]) throws -> CrosswindProgram.Result {
        try CrosswindProgram.withTemporaryDirectory { directory in
            try yaml.write(toFile: directory + "/bad.yaml", atomically: true, encoding: .utf8)
            let result = try CrosswindProgram.run(arguments + ["bad.yaml"], in: directory)
            let left = try FileManager.default.contentsOfDirectory(atPath: directory)
            #expect(left == ["bad.yaml"], "something was started or written: \(left)")
            return result
        }
    }

    @Test func anUnknownKeyIsNamedWithItsPlace() throws {
        let result = try Self.run("name: x\nclaim: y\nworkload: { recordz: 5 }\n")
        #expect(result.exitCode == 64)
        #expect(result.errors.contains("bad.yaml:3:13: "))
        #expect(result.errors.contains("did you mean 'records'?"))
    }

    @Test(arguments: [
        "name: x\nclaim: y\nfaults:\n  - { at: 2, loss: 5% }\n",
        "name: x\nclaim: y\nfaults:\n  - { at: 1s, loss: 500% }\n",
        "name: x\nclaim: y\nmatrix: { producer.client: [] }\n",
        "name: x\nclaim: y\nworkload: { records: many }\n",
        "name: x\nclaim: y\nproducer: { client: libkafka }\n",
        "name: [\n",
        "",
    ])
    func everyMistakeIsExit64(_ yaml: String) throws {
        for command in [["run"], ["run", "--dry-run"], ["validate"]] {
            let result = try Self.run(yaml, command)
            #expect(result.exitCode == 64)
            #expect(result.errors.contains("bad.yaml:"))
        }
    }

    @Test func aMissingFileIsExit64() throws {
        let result = try CrosswindProgram.run(["validate", "no/such/file.yaml"])
        #expect(result.exitCode == 64)
        #expect(result.errors.contains("no/such/file.yaml"))
    }

    @Test func aPropertyWithoutEffectIsExit64ForTheBrokerAloneToo() throws {
        let result = try CrosswindProgram.run(
            ["broker", "--listen", "127.0.0.1:0", "--config", "min.insync.replica=1"])
        #expect(result.exitCode == 64)
        #expect(result.errors.contains("'min.insync.replica' has no effect with release 4.3"), "\(result.errors)")
        #expect(result.errors.contains("did you mean 'min.insync.replicas'?"), "\(result.errors)")
    }

    @Test func wrongOptionsAreExit64() throws {
        for arguments in [["run", "--jobs", "0", "x"], ["run", "--shard", "3/2", "x"], ["run"], ["frobnicate"]] {
            #expect(try CrosswindProgram.run(arguments).exitCode == 64)
        }
    }

    @Test func theScenariosOfTheRepositoryAreValid() throws {
        let result = try CrosswindProgram.run(["validate", "Scenarios"])
        #expect(result.exitCode == 0, "\(result.errors)")
        let list = try CrosswindProgram.run(["list"])
        #expect(list.output.contains("idempotence-disabled"))
        let plan = try CrosswindProgram.run(["run", "--dry-run", "Scenarios/causes/idempotence-disabled.yaml"])
        #expect(plan.exitCode == 0)
        #expect(plan.output.contains("enable.idempotence"))
    }
}
