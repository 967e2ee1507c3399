import Glibc

/// A file descriptor that is closed when its owner ends.
public struct OwnedDescriptor: ~Copyable, Sendable {
    /// The descriptor's number; below 0: none, and nothing is closed.
    public let number: Int32

    /// Takes over a descriptor: nobody else closes it.
    public init(_ number: Int32) { self.number = number }

    deinit { if number >= 0 { close(number) } }
}
