import Glibc

/// Whole reads and writes of a file descriptor, without stdio: no lock is held while they block. read(2), write(2).
public enum Descriptor {
    /// Writes all bytes.
    ///
    /// - Returns: 0, or the error number of the write that failed; what was written before it stays written.
    @discardableResult
    public static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
        var rest = bytes
        while !rest.isEmpty {
            let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if written < 0 {
                if errno == EINTR { continue }
                return errno
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
        return 0
    }

    /// Writes a text.
    @discardableResult
    public static func write(_ text: String, to descriptor: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { write(UnsafeRawBufferPointer($0), to: descriptor) }
    }

    /// Writes bytes.
    @discardableResult
    public static func write(_ bytes: some Collection<UInt8>, to descriptor: Int32) -> Int32 {
        let known = bytes.withContiguousStorageIfAvailable { write(UnsafeRawBufferPointer($0), to: descriptor) }
        return known ?? Array(bytes).withUnsafeBytes { write($0, to: descriptor) }
    }

    /// Reads what is there, at most `limit` bytes; nothing at the end of the file or after an error.
    public static func read(_ descriptor: Int32, limit: Int = 1 << 16) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            var received: Int
            repeat {
                received = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            } while received < 0 && errno == EINTR
            count = max(received, 0)
        }
    }

    /// A pipe whose ends no child inherits. pipe2(2).
    public static func pipe() throws(SystemCallError) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else {
            throw SystemCallError(operation: "make", subject: "a pipe", errorNumber: errno)
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// Reads to the end of the file.
    public static func readAll(_ descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let chunk = read(descriptor)
            if chunk.isEmpty { return bytes }
            bytes += chunk
        }
    }
}

/// Standard error: words for people beside the results on standard output.
public enum StandardError {
    /// Writes a text as it is.
    public static func write(_ text: String) { Descriptor.write(text, to: STDERR_FILENO) }

    /// Writes a line.
    public static func say(_ text: String) { write(text + "\n") }
}
