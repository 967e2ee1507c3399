/// The atlas as a page of the documentation.
public enum AtlasMarkdown {
    /// The page: for each client a table of scenarios and releases, and every change between neighbours.
    ///
    /// - Parameters:
    ///   - results: what was found.
    ///   - notes: what the release notes of a client say of a release, where they say something of what the atlas shows.
    public static func text(_ results: AtlasResults, notes: (_ client: String, _ release: String) -> String?) -> String
    {
        var text = """
            # Atlas of client releases

            What each release of each client does in the incidents and causes of the library: found by running it, each with \
            seeds \(results.seeds.map(String.init).joined(separator: ", ")) behind the faulty link. Made by `crosswind atlas` \
            (Crosswind \(results.crosswind)); do not edit. A cell names the properties that broke and the client's fatal \
            errors; a number is how many records the client gave up. "varies" means that seeds differ.


            """
        for client in orderedClients(results) {
            let rows = results.rows.filter { $0.client == client }
            text += "## \(client)\n\n" + table(rows) + "\n"
            let changes = rows.flatMap { row in row.changes.map { (row, $0) } }
            guard !changes.isEmpty else {
                text += "No release differs from its neighbours in these scenarios.\n\n"
                continue
            }
            text += "### What changed\n\n"
            for (row, change) in changes {
                text +=
                    "- **\(change.after)** (before it \(change.before)), \(row.title): \(change.from) -> \(change.to)."
                text += notes(client, change.after).map { " The release notes say: \($0)" } ?? ""
                text += "\n"
            }
            text += "\n"
        }
        return text
    }

    static func orderedClients(_ results: AtlasResults) -> [String] {
        var clients: [String] = []
        for row in results.rows where !clients.contains(row.client) { clients.append(row.client) }
        return clients
    }

    private static func table(_ rows: [AtlasResults.Row]) -> String {
        let releases = rows.first?.entries.map(\.release) ?? []
        var text = "| scenario | " + releases.joined(separator: " | ") + " |\n"
        text += "|---" + String(repeating: "|---", count: releases.count) + "|\n"
        for row in rows {
            text += "| \(MarkdownSummary.escape(row.title)) | "
            text += row.entries.map { MarkdownSummary.escape(cell($0)) }.joined(separator: " | ") + " |\n"
        }
        return text
    }

    /// The behaviour, with the records given up where there are any.
    static func cell(_ entry: AtlasResults.Entry) -> String {
        let failed = entry.numbers.map(\.failed)
        guard let least = failed.min(), let most = failed.max(), most > 0 else { return entry.text }
        return entry.text + (least == most ? " (\(most))" : " (\(least) to \(most))")
    }
}
