import EvidenceModel

extension JSONCursor {
    /// Steps over the value of `rows` without reading its numbers.
    mutating func skipRows() throws(JSONError) { _ = try countRows() }

    /// The number of rows of the value at the cursor, which is stepped over.
    ///
    /// Only brackets and strings are looked at: the numbers are read when the record is judged.
    mutating func countRows() throws(JSONError) -> Int64 {
        try expect(UInt8(ascii: "["))
        var depth = 1
        var rows: Int64 = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "["):
                depth &+= 1
                if depth == 2 { rows &+= 1 }
                guard depth <= 2 else { throw unexpected("a row without further lists") }
                step()
            case UInt8(ascii: "]"):
                depth &-= 1
                step()
                if depth == 0 { return rows }
            case UInt8(ascii: "\""): _ = try rawString()
            case UInt8(ascii: "{"), UInt8(ascii: "}"): throw unexpected("a row")
            default: step()
            }
        }
        throw unexpected("the end of the rows")
    }

    /// Reads rows, giving each one's numbers and names to `body`.
    ///
    /// - Parameter kind: `sent`, `acknowledged` or `failed`, which says what a row holds.
    mutating func rows(
        _ kind: DriverLine.Kind, _ body: (borrowing DriverRow) -> Void
    ) throws(JSONError) {
        try expect(UInt8(ascii: "["))
        if take(UInt8(ascii: "]")) { return }
        var row = DriverRow()
        repeat {
            try expect(UInt8(ascii: "["))
            row.id = try integer()
            try expect(UInt8(ascii: ","))
            row.partition = try integer()
            try expect(UInt8(ascii: ","))
            if kind == .acknowledged {
                row.offset = try offset()
                try expect(UInt8(ascii: ","))
            }
            row.timeUs = try time()
            if kind == .failed {
                try expect(UInt8(ascii: ","))
                row.error = try rawString()
                try expect(UInt8(ascii: ","))
                row.persistence = try string()
            }
            // More fields may follow in a later version of the protocol.
            while take(UInt8(ascii: ",")) { try skipValue() }
            try expect(UInt8(ascii: "]"))
            body(row)
        } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
    }
}

/// One row of a report.
struct DriverRow {
    var id: Int64 = 0
    var partition: Int64 = -1
    var timeUs: Int64 = 0
    /// Of acknowledged rows.
    var offset: Int64 = -1
    /// Of failed rows: where the error's name stands in the line.
    var error: Range<Int> = 0..<0
    /// Of failed rows.
    var persistence = ""

    /// Whether it can be a row of a cell with so many records.
    @inline(__always)
    func canBe(of records: Int64) -> Bool {
        id >= 0 && id < records && timeUs > 0 && partition >= -1 && partition <= Int64(Int32.max)
    }
}
