import CLinux
import Glibc

/// Takes records off the ring, writes their lines and reports the phases among them. Runs on its own thread.
struct FaultLogWriter {
    let ring: FaultLogRing.Output
    let format: FaultLogFormat
    /// -1 when no file is wanted.
    let descriptor: Int32
    /// Called for each phase that begins or ends: index of the fault, whether it began, microseconds since the epoch.
    let onPhase: (Int, Bool, Int64) -> Void
    /// Called for each message that triggers a fault.
    let onTrigger: (FaultRecord) -> Void
    private(set) var written: UInt64 = 0
    /// The first error of writing the file; 0 for none.
    private(set) var errorNumber: Int32 = 0
    private var buffer: [UInt8] = []

    init(
        ring: FaultLogRing.Output, format: FaultLogFormat, descriptor: Int32,
        onPhase: @escaping (Int, Bool, Int64) -> Void,
        onTrigger: @escaping (FaultRecord) -> Void
    ) {
        self.ring = ring
        self.format = format
        self.descriptor = descriptor
        self.onPhase = onPhase
        self.onTrigger = onTrigger
        buffer.reserveCapacity(1 << 20)
    }

    /// Writes everything that the ring holds.
    mutating func drain() {
        while let record = ring.next() {
            switch record.kind {
            case .phaseBegan: onPhase(Int(record.fault), true, record.timeUs)
            case .phaseEnded: onPhase(Int(record.fault), false, record.timeUs)
            case .triggered: onTrigger(record)
            case .packet:
                written += 1
                guard descriptor >= 0 else { continue }
                format.append(record, to: &buffer)
                if buffer.count > 900_000 { flush() }
            }
        }
        flush()
    }

    private mutating func flush() {
        var at = 0
        while at < buffer.count, errorNumber == 0 {
            let count = buffer.withUnsafeBytes { bytes in
                bytes.baseAddress.map { cl_write(descriptor, $0 + at, bytes.count - at) } ?? 0
            }
            if count == -Int64(EINTR) { continue }
            if count < 0 { errorNumber = Int32(-count) } else { at += Int(count) }
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
