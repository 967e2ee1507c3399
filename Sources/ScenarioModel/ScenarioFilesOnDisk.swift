import Foundation

extension ScenarioLoader.Files {
    /// The files of this machine. A file of more than a megabyte is refused.
    public static let disk = ScenarioLoader.Files(
        kind: { path in
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return .missing }
            return isDirectory.boolValue ? .directory : .file
        },
        list: { try FileManager.default.contentsOfDirectory(atPath: $0) },
        read: { path in
            guard let handle = FileHandle(forReadingAtPath: path) else { throw Unreadable("no permission, or gone") }
            defer { try? handle.close() }
            let limit = 1_048_576
            let data = try handle.read(upToCount: limit + 1) ?? Data()
            guard data.count <= limit else { throw Unreadable("more than a megabyte") }
            guard let text = String(data: data, encoding: .utf8) else { throw Unreadable("not UTF-8") }
            return text
        })

    private struct Unreadable: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }
}
