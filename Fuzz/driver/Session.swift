import EvidenceModel

/// What a driver says in one session.
enum Session {
    /// Every type of line, and every field that a line can have.
    static let small = """
        {"type":"hello","protocol":1,"driver":"d","client":"librdkafka","version":"2.0.2"}
        {"type":"ready","time_us":1800000000000000}
        {"type":"began","time_us":1800000000000000}
        {"type":"sent","topic":0,"rows":[[0,0,1800000000000001],[1,1,1800000000001001],[2,2,1800000000002001]]}
        {"type":"acknowledged","topic":0,"rows":[[0,0,0,1800000000004001],[1,1,0,1800000000005001]]}
        {"type":"failed","topic":0,"rows":[[2,2,1800000000008001,"MSG_TIMED_OUT","indeterminate"]]}
        {"type":"error","time_us":1800000000009000,"name":"_FATAL","message":"x\\u00e9\\n","fatal":true}
        {"type":"log","time_us":1800000000009001,"level":"warning","message":"y"}
        {"type":"done","time_us":1800000000010000,"sent":3,"acknowledged":2,"failed":1}

        """

    /// The session of an account.
    static func text(of record: CellRecord) -> String {
        var sent: [String] = []
        var acknowledged: [String] = []
        var failed: [String] = []
        for (id, entry) in record.client.records.enumerated() where entry.sentUs > 0 {
            sent.append("[\(id),\(entry.partition),\(entry.sentUs)]")
            switch entry.outcome {
            case .none: break
            case .acknowledged: acknowledged.append("[\(id),\(entry.partition),\(entry.offset),\(entry.reportedUs)]")
            case .notPersisted:
                failed.append("[\(id),\(entry.partition),\(entry.reportedUs),\"TIMED_OUT\",\"not_persisted\"]")
            case .indeterminate:
                failed.append("[\(id),\(entry.partition),\(entry.reportedUs),\"TIMED_OUT\",\"indeterminate\"]")
            }
        }
        func rows(_ type: String, _ rows: [String]) -> String {
            "{\"type\":\"\(type)\",\"topic\":0,\"rows\":[\(rows.joined(separator: ","))]}\n"
        }
        let done =
            "{\"type\":\"done\",\"time_us\":1800000001000000,\"sent\":\(sent.count),"
            + "\"acknowledged\":\(acknowledged.count),\"failed\":\(failed.count)}\n"
        return rows("sent", sent) + rows("acknowledged", acknowledged) + rows("failed", failed) + done
    }
}
