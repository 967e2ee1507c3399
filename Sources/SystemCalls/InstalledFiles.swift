import Glibc

/// Files of Crosswind's own that are read at run time: drivers, scenarios, the compose file, scripts.
///
/// They lie in the checkout that the executable was built in, or in `share/crosswind` of the prefix that it was installed
/// under, whatever that prefix is.
public enum InstalledFiles {
    /// The folder of the running executable, symbolic links resolved. proc(5).
    public static let executableDirectory: String = {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else { return PathText.directory(of: CommandLine.arguments[0]) }
        return PathText.directory(of: String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }()

    /// The path of a file or folder such as `Drivers/python`, or nil where it is not installed.
    ///
    /// - Parameter start: the executable's folder; its ancestors are looked at, the nearest first.
    public static func find(_ name: String, from start: String = executableDirectory) -> String? {
        var directory = start
        while !directory.isEmpty, directory != "/" {
            for place in ["\(directory)/\(name)", "\(directory)/share/crosswind/\(name)"] where access(place, F_OK) == 0
            {
                return place
            }
            directory = PathText.directory(of: directory)
        }
        return nil
    }

    /// `path` where it exists; else, for a relative one whose first part does not exist here, the installed file of that
    /// name, so that `Scenarios/smoke` works from any folder.
    public static func locate(_ path: String) -> String {
        guard !path.hasPrefix("/"), let first = path.split(separator: "/").first, access(String(first), F_OK) != 0,
            let found = find(String(first))
        else { return path }
        return found + path.dropFirst(first.count)
    }

    /// The absolute path of a program: of a word with a slash that file, of a bare name the first on `PATH`; nil where
    /// there is none that can be executed.
    ///
    /// - Parameter path: the value of `PATH`; nil: this process's own.
    public static func program(_ word: String, path: String? = nil) -> String? {
        if word.contains("/") {
            guard isProgram(word), let resolved = realpath(word, nil) else { return nil }
            defer { free(resolved) }
            return String(cString: resolved)
        }
        let standard = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        let places = path ?? getenv("PATH").map { String(cString: $0) } ?? standard
        return places.split(separator: ":").lazy.map { "\($0)/\(word)" }.first(where: isProgram)
    }

    /// Whether a path is a file that can be executed. stat(2), access(2).
    private static func isProgram(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }

    /// How to install clients and brokers: the command of the checkout, or the installed script.
    public static var clientsCommand: String {
        if find("Makefile") == nil, let script = find("scripts/clients.sh") { return script }
        return "make clients"
    }
}
