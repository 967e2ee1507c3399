import FoundationEssentials
import Glibc

/// Why an operation on a file failed, in the system's own words.
public func reason(of error: any Error) -> String {
    func words(_ number: Int32) -> String { String(cString: strerror(number)) }
    guard let error = error as? CocoaError else { return String(describing: error) }
    if let system = error.underlying as? POSIXError { return words(system.code.rawValue) }
    return switch error.code {
    case .fileNoSuchFile, .fileReadNoSuchFile: words(ENOENT)
    case .fileReadNoPermission, .fileWriteNoPermission: words(EACCES)
    case .fileWriteFileExists: words(EEXIST)
    case .fileWriteOutOfSpace: words(ENOSPC)
    case .fileWriteVolumeReadOnly: words(EROFS)
    case .fileReadInapplicableStringEncoding, .fileReadCorruptFile: "it is not text in UTF-8"
    default: String(describing: error)
    }
}
