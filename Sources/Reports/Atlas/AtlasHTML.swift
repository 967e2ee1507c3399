/// The atlas as a map: rows what was done to the client, columns its releases. One file without a script and without
/// anything from the network; a cell leads to the page with its ladder.
public enum AtlasHTML {
    /// The page.
    public static func text(
        _ results: AtlasResults, notes: (_ client: String, _ release: String) -> String?
    ) -> String {
        var text = HTMLPage.head(title: "Atlas of client releases")
        text += "<style>\(style)</style><h1>Atlas of client releases</h1>"
        text +=
            "<p>What each release does in the incidents and causes of the library, with \(results.seeds.count) seed"
            + (results.seeds.count == 1 ? "" : "s") + " each. A framed cell differs from the one before it.</p>"
        text += "<p class=\"dim\">crosswind \(Markup.escape(results.crosswind))</p>"
        for client in AtlasMarkdown.orderedClients(results) {
            let rows = results.rows.filter { $0.client == client }
            text += "<section><h2>\(Markup.escape(client))</h2><div class=\"scroll\"><table class=\"atlas\">"
            text += head(rows) + rows.map(row).joined() + "</table></div>" + changes(client, rows, notes) + "</section>"
        }
        return text + "</body></html>\n"
    }

    private static let style = """
        body{max-width:none}.atlas td{min-width:8.5em;padding:4px 8px;font-size:.8rem}
        .atlas td a{display:block;color:inherit;text-decoration:none}.atlas td.s{background:var(--goodbg)}
        .atlas td.b{background:var(--badbg)}.atlas td.v{background:var(--unknownbg)}.atlas td.n{color:var(--dim)}
        .atlas td.changed{outline:2px solid var(--fg);outline-offset:-2px}
        """

    private static func head(_ rows: [AtlasResults.Row]) -> String {
        "<tr><th>scenario</th>"
            + (rows.first?.entries ?? []).map { "<th>\(Markup.escape($0.release))</th>" }.joined() + "</tr>"
    }

    private static func row(_ row: AtlasResults.Row) -> String {
        let changed = Set(row.changes.map(\.after))
        var text = "<tr><th title=\"\(Markup.escape(row.claim))\">\(Markup.escape(row.title))</th>"
        for entry in row.entries {
            var kind =
                entry.seen.isEmpty
                ? "n"
                : entry.behaviour == nil || entry.text == "inconclusive" ? "v" : entry.text == "survives" ? "s" : "b"
            if changed.contains(entry.release) { kind += " changed" }
            let words = Markup.escape(AtlasMarkdown.cell(entry))
            let content = entry.page.map { "<a href=\"\(Markup.escape($0))\">\(words)</a>" } ?? words
            text += "<td class=\"\(kind)\">\(content)</td>"
        }
        return text + "</tr>"
    }

    private static func changes(
        _ client: String, _ rows: [AtlasResults.Row], _ notes: (String, String) -> String?
    ) -> String {
        let items = rows.flatMap { row in
            row.changes.map { change in
                "<li><b>\(Markup.escape(change.after))</b>, \(Markup.escape(row.title)): \(Markup.escape(change.from)) → "
                    + Markup.escape(change.to)
                    + (notes(client, change.after).map { "<br><span class=\"dim\">\(Markup.escape($0))</span>" } ?? "")
                    + "</li>"
            }
        }
        return items.isEmpty
            ? "<p>No release differs from its neighbours.</p>" : "<h3>What changed</h3><ul>\(items.joined())</ul>"
    }
}
