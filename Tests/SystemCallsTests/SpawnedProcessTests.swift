import SystemCalls
import Testing

@Suite struct SpawnedProcessTests {
    @Test("output, errors and code of a command are told apart") func capture() {
        let said = SpawnedProcess.capture(["sh", "-c", "echo out; echo err >&2; exit 5"])
        #expect(said.code == 5)
        #expect(said.output == "out\n")
        #expect(said.errors == "err\n")
    }

    @Test("more output than a pipe holds") func much() {
        let said = SpawnedProcess.capture(["sh", "-c", "head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2"])
        #expect(said.output.utf8.count == 300_000)
        #expect(said.errors.utf8.count == 300_000)
    }

    @Test("a signal is 128 and its number") func signal() {
        #expect(SpawnedProcess.capture(["sh", "-c", "kill -9 $$"]).code == 137)
    }

    @Test("a command that is not there says so") func missing() {
        let said = SpawnedProcess.capture(["crosswind-no-such-command"])
        #expect(said.code == 127)
        #expect(said.errors == "start crosswind-no-such-command: No such file or directory")
    }

    @Test("variables are set beside the inherited ones") func environment() {
        let said = SpawnedProcess.capture(["sh", "-c", "echo $CW_TEST $PATH"], environment: ["CW_TEST": "yes"])
        #expect(said.output.hasPrefix("yes /"))
    }
}
