import CLinux
import Glibc

/// The one way out of every process of Crosswind.
///
/// exit(3) takes the locks of all of stdio, and since glibc 2.38 it waits for a thread that holds one: a thread that
/// blocks in a read of standard input then keeps the process alive for ever. `_exit` waits for nobody, and nothing
/// here needs exit handlers. Source: exit(3), _exit(2), flockfile(3).
public enum ProcessEnd {
    /// How long the end waits for a thread that is writing to standard output.
    private static let longestWait: UInt32 = 1_000_000

    /// Writes out what `print` still holds and ends the process.
    ///
    /// Text that a thread is writing at this moment is waited for, at most a second.
    public static func now(_ code: Int32) -> Never {
        let pause: UInt32 = 5_000
        var waited: UInt32 = 0
        while cl_try_lock_stdout() != 0, waited < longestWait {
            usleep(pause)
            waited += pause
        }
        if waited < longestWait { cl_flush_stdout() }
        _exit(code)
    }

    /// Ends the process with what `print` still holds unwritten: for a user who asked twice.
    public static func atOnce(_ code: Int32) -> Never { _exit(code) }
}
