import Glibc

/// The loop of a fuzz target: `PROGRAM [INPUTS [FIRST]]`, a million inputs from number 1 on where nothing is said.
///
/// The number of an input is its seed. An input that ends the process (a trap, a signal, a minute without an end) has its
/// number printed last, and `PROGRAM 1 NUMBER` feeds it again.
public enum FuzzRun {
    /// Seconds that 1024 inputs may take together.
    private static let patienceS: UInt32 = 120

    /// Feeds inputs and ends the process: 0 when all went through within the bound of memory.
    ///
    /// - Parameters:
    ///   - memoryMB: resident memory that must never be passed.
    ///   - body: feeds one input; true when it got past the first check, which shows that inputs reach the code.
    public static func main(memoryMB: Int, _ body: (inout FuzzRandom) throws -> Bool) rethrows -> Never {
        let arguments = CommandLine.arguments
        let inputs = arguments.count > 1 ? UInt64(arguments[1]) ?? 1_000_000 : 1_000_000
        let first = arguments.count > 2 ? UInt64(arguments[2]) ?? 1 : 1
        // One input alone is being looked into: the runtime's own report of a crash says more.
        if inputs > 1 { watch() }
        let began = time(nil)
        var recognised: UInt64 = 0
        for number in first..<first + inputs {
            fuzzRunInput = number
            if number % 1024 == 0 { alarm(patienceS) }
            var random = FuzzRandom(input: number)
            if try body(&random) { recognised += 1 }
            let done = number - first + 1
            if done % 1_000_000 == 0 || done == inputs {
                report(done, recognised, seconds: time(nil) - began, memoryMB: memoryMB)
            }
        }
        exit(0)
    }

    private static func watch() {
        for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGALRM] { signal(number, fuzzRunEnds) }
    }

    private static func report(_ done: UInt64, _ recognised: UInt64, seconds: Int, memoryMB: Int) {
        var usage = rusage()
        // RUSAGE_SELF; Swift imports the constant as another type.
        getrusage(0, &usage)
        let peak = usage.ru_maxrss / 1024
        print("\(done) inputs, \(recognised) got past the first check, \(seconds) s, peak memory \(peak) MB")
        fflush(nil)
        guard peak <= memoryMB else {
            print("memory is above its bound of \(memoryMB) MB")
            exit(1)
        }
    }
}

/// The input that is being fed. Written by the loop alone, read by the handler that ends the process.
private nonisolated(unsafe) var fuzzRunInput: UInt64 = 0

/// Says which input it was, with what a signal handler may call, and lets the signal end the process.
private func fuzzRunEnds(_ number: Int32) {
    signal(number, SIG_DFL)
    var digits: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    withUnsafeMutableBytes(of: &digits) { buffer in
        var at = buffer.count - 1
        buffer[at] = 0x0a
        var rest = fuzzRunInput
        repeat {
            at -= 1
            buffer[at] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        let text: StaticString = "\nended in input "
        _ = write(2, text.utf8Start, text.utf8CodeUnitCount)
        _ = write(2, buffer.baseAddress! + at, buffer.count - at)
    }
    raise(number)
}
