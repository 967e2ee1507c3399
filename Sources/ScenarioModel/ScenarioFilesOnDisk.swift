import FoundationEssentials
import Glibc

extension ScenarioLoader.Files {
    /// The files of this machine. A file of more than a megabyte is refused.
    public static let disk = ScenarioLoader.Files(
        kind: { path in
            var status = stat()
            guard stat(path, &status) == 0 else { return .missing }
            return status.st_mode & S_IFMT == S_IFDIR ? .directory : .file
        },
        list: { try FileManager.default.contentsOfDirectory(atPath: $0) },
        read: { path in
            guard let handle = fopen(path, "re") else { throw Unreadable("no permission, or gone") }
            defer { fclose(handle) }
            let limit = 1_048_576
            let bytes = [UInt8](unsafeUninitializedCapacity: limit + 1) { buffer, count in
                count = fread(buffer.baseAddress, 1, buffer.count, handle)
            }
            guard bytes.count <= limit else { throw Unreadable("more than a megabyte") }
            guard let text = String(validating: bytes, as: UTF8.self) else { throw Unreadable("not UTF-8") }
            return text
        })

    private struct Unreadable: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }
}
