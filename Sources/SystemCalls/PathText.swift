/// Parts of a path, as text. No file is looked at.
public enum PathText {
    /// What comes before the last part: `/a` of `/a/b`, `/` of `/a`, nothing of `a`.
    public static func directory(of path: String) -> String {
        let path = withoutTrailingSlashes(path)
        guard let slash = path.lastIndex(of: "/") else { return "" }
        let directory = withoutTrailingSlashes(path[..<slash])
        return directory.isEmpty ? "/" : String(directory)
    }

    /// The last part: `b` of `/a/b` and of `/a/b/`.
    public static func name(of path: String) -> String {
        let path = withoutTrailingSlashes(path)
        return String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...])
    }

    private static func withoutTrailingSlashes(_ path: some StringProtocol) -> Substring {
        var path = Substring(path)
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }
}
