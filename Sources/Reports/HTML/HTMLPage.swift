/// What every page begins with: nothing is loaded from anywhere, light or dark as the reader has it.
enum HTMLPage {
    /// From the document type to the opening of the body.
    ///
    /// - Parameter title: plain text; it is escaped here.
    static func head(title: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <link rel="icon" href="data:,">
        <title>\(Markup.escape(title)) – Crosswind</title><style>\(StyleSheet.text)</style></head><body>
        """
    }
}
