import Diagnosis
import EvidenceModel
import Glibc
import RunRecord
import SystemCalls
import WireObserver

/// Reads inputs of `crosswind diagnose`: as streams, and captures through the observer.
enum DiagnosisInput {
    private static let chunkBytes = 1 << 18

    /// Reads one input into the case.
    ///
    /// - Throws: `UsageError` when it cannot be read.
    static func read(_ path: String, into file: inout CaseFile, _ ladders: inout Ladders) throws {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw UsageError("cannot read \(path): \(String(cString: strerror(errno)))")
        }
        defer { if path != "-" { close(descriptor) } }
        let name = path == "-" ? "standard input" : path
        var intake = InputIntake(name)
        var spool: Int32 = -1
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkBytes, alignment: 64)
        defer { buffer.deallocate() }
        var isFirst = true
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, chunkBytes)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw UsageError("cannot read \(path): \(String(cString: strerror(errno)))") }
            if count == 0 { break }
            let chunk = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            if isFirst, InputKind.recognise(chunk) == .capture {
                if path != "-" { return try readCapture(path, name, into: &file, &ladders) }
                spool = try makeSpool()
            }
            isFirst = false
            if spool >= 0 {
                let failure = Descriptor.write(chunk, to: spool)
                if failure != 0 {
                    throw SystemCallError(operation: "write to", subject: "a temporary file", errorNumber: failure)
                }
            } else {
                intake.feed(chunk)
            }
        }
        guard spool >= 0 else { return intake.finish(into: &file) }
        defer { close(spool) }
        try readCapture("/proc/self/fd/\(spool)", name, into: &file, &ladders)
    }

    private static func readCapture(
        _ path: String, _ name: String, into file: inout CaseFile, _ ladders: inout Ladders
    ) throws {
        do {
            let analysis = try WireAnalysis([.anywhere(path)])
            let evidence = analysis.evidence()
            file.add(evidence, path: try pathFacts(path), file: name)
            ladders.analyses.append(analysis)
        } catch let error as CaptureError {
            throw UsageError("\(error)")
        }
    }

    /// What the packets say, from the mapped file: no more memory than the kernel has to spare.
    private static func pathFacts(_ path: String) throws -> PathFacts {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw UsageError("cannot read \(path): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        let size = Int(lseek(descriptor, 0, SEEK_END))
        guard size > 0, let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED
        else {
            return PathFacts()
        }
        defer { munmap(address, size) }
        return PathWatch.facts(of: UnsafeRawBufferPointer(start: address, count: size))
    }

    private static func makeSpool() throws -> Int32 {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/crosswind-capture-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else {
            throw SystemCallError(operation: "make a temporary file in", subject: base, errorNumber: errno)
        }
        unlink(template)
        return descriptor
    }

    /// A file in pieces; nothing where it cannot be read.
    static func stream(_ path: String, _ body: (UnsafeRawBufferPointer) -> Void) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        while true {
            let bytes = Descriptor.read(descriptor, limit: chunkBytes)
            if bytes.isEmpty { return }
            bytes.withUnsafeBytes(body)
        }
    }

    /// Makes a directory unless it is there.
    static func makeDirectory(_ path: String) throws {
        if mkdir(path, 0o755) != 0, errno != EEXIST {
            throw UsageError("cannot make \(path): \(String(cString: strerror(errno)))")
        }
    }
}

/// The captures that were read, for the story of one batch.
struct Ladders {
    var analyses: [WireAnalysis] = []

    /// The story of the first batch that the answer points at; nil where it points at none.
    func ladder(for diagnosis: Diagnosis) -> String? {
        let batches = diagnosis.causes.flatMap(\.evidence).compactMap(\.batch)
        for batch in batches.prefix(4) {
            for analysis in analyses {
                if let text = try? analysis.ladder(of: batch) { return text }
            }
        }
        return nil
    }
}
