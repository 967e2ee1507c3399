import ArgumentParser
import Reports
import Runs

/// `crosswind clients`: the clients and their releases.
struct ClientsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clients", abstract: "List, install, check and remove the clients that scenarios can name.",
        discussion: """
            Without a word it lists them. `install NAME[@RELEASE]…` brings a release into the cache, `check NAME[@RELEASE]…` \
            holds its driver against the driver protocol, `remove NAME@RELEASE…` deletes a release from the cache. See \
            docs/client-folders.md.
            """)

    /// What to do.
    enum Work: String, ExpressibleByArgument, CaseIterable { case list, install, check, remove }

    @Argument(help: "list, install, check or remove.")
    var work = Work.list

    @Argument(help: "NAME or NAME@RELEASE.")
    var clients: [String] = []

    func validate() throws {
        if work == .list, !clients.isEmpty { throw ValidationError("clients list takes no names") }
        if work != .list, clients.isEmpty { throw ValidationError("clients \(work.rawValue): name a client") }
    }

    func run() throws {
        try exitAfter { [work, clients] in
            switch work {
            case .list:
                print(try ClientInstallation.list(), terminator: "")
                return .passed
            case .install: return try ClientInstallation.install(clients)
            case .check: return try await ClientInstallation.check(clients) { print($0) }
            case .remove: return try ClientInstallation.remove(clients)
            }
        }
    }
}
