import FoundationEssentials
import Glibc
import Reports
import RunRecord
import Synchronization

/// Writes a cell's progress lines to its standard output, whole lines only.
final class CellReporter: Sendable {
    static let standardOutput = CellReporter(descriptor: 1)

    private let descriptor: Int32
    private let current = Mutex(CellStatus(state: .starting))

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Changes the progress and reports it when it differs.
    func update(_ change: (inout CellStatus) -> Void) {
        current.withLock { progress in
            let before = progress
            change(&progress)
            guard progress != before, var line = try? JSONEncoder().encode(progress) else { return }
            line.append(0x0a)
            line.withUnsafeBytes { bytes in _ = write(descriptor, bytes.baseAddress, bytes.count) }
        }
    }

    /// Reports that the cell could not run, with the exit code that the run must have.
    func broken(_ detail: String, _ status: ExitStatus) {
        update {
            $0.state = .broken
            $0.detail = detail
            $0.exitCode = status.rawValue
        }
    }
}
