import CLinux
import Glibc
import SystemCalls
import Testing

/// Ends of a child process, made by fork(2) inside a helper thread's process image: only the calling thread lives there.
@Suite struct ProcessEndTests {
    /// What a child leaves: its exit code, and what it wrote.
    private func child(_ body: () -> Never) -> (code: Int32, text: String) {
        var ends: [Int32] = [0, 0]
        var input: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        #expect(pipe(&input) == 0)
        defer { for end in input { close(end) } }
        let pid = forkHere()
        if pid == 0 {
            dup2(ends[1], STDOUT_FILENO)
            dup2(input[0], STDIN_FILENO)
            close(ends[0])
            body()
        }
        close(ends[1])
        let text = String(decoding: Descriptor.readAll(ends[0]), as: UTF8.self)
        close(ends[0])
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        return ((status >> 8) & 0xff, text)
    }

    /// fork(2), which Swift does not import.
    private func forkHere() -> pid_t {
        typealias Fork = @convention(c) () -> pid_t
        let symbol = dlsym(UnsafeMutableRawPointer(bitPattern: 0), "fork")
        return unsafeBitCast(symbol, to: Fork.self)()
    }

    @Test("what was printed is written out, and the code is kept") func flushes() {
        let end = child {
            print("held back", terminator: "")
            ProcessEnd.now(7)
        }
        #expect(end.code == 7)
        #expect(end.text.hasSuffix("held back"))
    }

    @Test("at once, nothing is written out") func atOnce() {
        let end = child {
            print("held back", terminator: "")
            ProcessEnd.atOnce(9)
        }
        #expect(end.code == 9)
        #expect(!end.text.contains("held back"))
    }

    @Test(
        "a thread that holds the locks of standard input and output does not keep the process", .timeLimit(.minutes(1)))
    func lockedStreams() {
        let end = child {
            WorkerThread.start {
                _ = cl_try_lock_stdout()
                _ = readLine()  // holds the lock of standard input while it blocks
            }
            usleep(100_000)
            ProcessEnd.now(3)
        }
        #expect(end.code == 3)
    }
}
