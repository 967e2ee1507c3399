/// A chart: an SVG that stretches to the width of the page, with its labels as text of the page, so that they stay
/// readable on a phone.
struct Chart {
    /// What is drawn.
    var title: String
    /// The horizontal scale.
    var x: Scale
    /// The vertical scale.
    var y: Scale
    /// Class of the height: `""`, or `tall`.
    var height = ""
    /// What is drawn, the last on top.
    var layers: [Layer] = []
    /// Shaded stretches, as fractions of the width.
    var bands: [(from: Double, to: Double, label: String)] = []
    /// Shown when there is nothing to draw.
    var emptyText = "nothing to show"

    /// One series.
    struct Layer {
        /// Name in the legend; empty for none.
        var name: String
        /// CSS class that gives the colour.
        var style: String
        /// How it is drawn.
        var form: Form
        /// Points in the values of the scales.
        var points: [(x: Double, y: Double)]

        /// Ways to draw a series.
        enum Form {
            /// Filled down to the bottom.
            case area
            /// A line.
            case line
            /// Separate points.
            case dots
            /// A stroke from the bottom for each point.
            case bars
            /// A stroke between each point and the next one: the ends of intervals, two by two.
            case intervals
            /// A dashed line: what a model says, beside what was measured.
            case reference
        }
    }

    private static let width = 1000.0
    private static let svgHeight = 200.0

    /// The markup.
    func html() -> String {
        let shown = layers.filter { !$0.points.isEmpty }
        var text = "<figure class=\"chart \(height)\"><figcaption>\(Markup.escape(title))"
        for layer in shown where !layer.name.isEmpty {
            text += "<span class=\"key \(layer.style)\">\(Markup.escape(layer.name))</span>"
        }
        if !bands.isEmpty { text += "<span class=\"key c-band\">faults</span>" }
        text += "</figcaption>"
        if shown.isEmpty {
            return text + "<p class=\"empty\">\(Markup.escape(emptyText))</p></figure>"
        }
        text += "<div class=\"plot\"><svg viewBox=\"0 0 1000 200\" preserveAspectRatio=\"none\" role=\"img\""
        text += " aria-label=\"\(Markup.escape(title))\">"
        for mark in y.marks {
            let at = Self.number((1 - y.place(mark.value)) * Self.svgHeight)
            text += "<path class=\"grid\" d=\"M0 \(at)H1000\"/>"
        }
        for band in bands { text += Self.svg(band) }
        for layer in shown { text += svg(layer) }
        text += "</svg>"
        for mark in y.marks {
            let at = Self.number((1 - y.place(mark.value)) * 100)
            text += "<i class=\"y\" style=\"top:\(at)%\">\(mark.label)</i>"
        }
        for mark in x.marks {
            text += "<i class=\"x\" style=\"left:\(Self.number(x.place(mark.value) * 100))%\">\(mark.label)</i>"
        }
        return text + "</div></figure>"
    }

    private static func svg(_ band: (from: Double, to: Double, label: String)) -> String {
        let from = number(band.from * width)
        let length = max(band.to - band.from, 0) * width
        let title = "<title>\(Markup.escape(band.label))</title>"
        if length < 1.5 { return "<path class=\"moment\" d=\"M\(from) 0V200\">\(title)</path>" }
        return "<rect class=\"band\" x=\"\(from)\" y=\"0\" width=\"\(number(length))\" height=\"200\">\(title)</rect>"
    }

    private func svg(_ layer: Layer) -> String {
        var path = ""
        path.reserveCapacity(layer.points.count * 12)
        switch layer.form {
        case .dots:
            for point in layer.points { path += "M\(place(point))h0" }
            return "<path class=\"dots \(layer.style)\" d=\"\(path)\"/>"
        case .bars:
            for point in layer.points {
                let at = Self.number(x.place(point.x) * Self.width)
                path += "M\(at) 200V\(Self.number((1 - y.place(point.y)) * Self.svgHeight))"
            }
            return "<path class=\"bars \(layer.style)\" d=\"\(path)\"/>"
        case .intervals:
            for i in stride(from: 0, to: layer.points.count - 1, by: 2) {
                path += "M\(place(layer.points[i]))L\(place(layer.points[i + 1]))"
            }
            return "<path class=\"bars \(layer.style)\" d=\"\(path)\"/>"
        case .line, .area, .reference:
            for (i, point) in layer.points.enumerated() { path += (i == 0 ? "M" : "L") + place(point) }
            if layer.form == .reference { return "<path class=\"line ref \(layer.style)\" d=\"\(path)\"/>" }
            if layer.form == .line { return "<path class=\"line \(layer.style)\" d=\"\(path)\"/>" }
            let first = Self.number(x.place(layer.points[0].x) * Self.width)
            let last = Self.number(x.place(layer.points[layer.points.count - 1].x) * Self.width)
            return "<path class=\"area \(layer.style)\" d=\"\(path)L\(last) 200L\(first) 200Z\"/>"
        }
    }

    private func place(_ point: (x: Double, y: Double)) -> String {
        Self.number(x.place(point.x) * Self.width) + " " + Self.number((1 - y.place(point.y)) * Self.svgHeight)
    }

    /// One decimal, none where it is 0: every byte counts when there are thousands of points.
    static func number(_ value: Double) -> String {
        let tenths = Numbers.place((value * 10).rounded(), in: -1_000_000...1_000_000)
        return tenths % 10 == 0 ? String(tenths / 10) : "\(tenths / 10).\(abs(tenths % 10))"
    }
}
