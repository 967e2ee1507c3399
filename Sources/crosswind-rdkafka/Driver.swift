import CRdkafka
import EvidenceModel
import Glibc
import SystemCalls

/// The driver's life: hello, configure, ready, start, send, drain, done.
enum Driver {
    /// Runs the driver and ends the process.
    static func run() -> Never {
        Control.installSignalHandlers()
        let version = String(cString: rd_kafka_version_str())
        LineWriter.writeLine(
            #"{"type":"hello","protocol":\#(Configuration.protocolVersion),"driver":"crosswind-rdkafka","#
                + #""client":"librdkafka","version":\#(JSONText.quoted(version))}"#)
        let input = LineInput(STDIN_FILENO)
        guard let line = input.next() else { ProcessEnd.atOnce(EXIT_SUCCESS) }
        do {
            let configuration = try Configuration.parse(line)
            Control.listen(to: input)
            let client = try Client(configuration)
            try Readiness(client, configuration).wait()
            client.writer.line(#"{"type":"ready","time_us":\#(Clock.epochMicroseconds())}"#)
            var workload = Workload(client, configuration)
            try workload.run()
            ProcessEnd.atOnce(EXIT_SUCCESS)
        } catch {
            LineWriter.writeLine(
                errorLine(name: error.name, message: error.message, fatal: true))
            ProcessEnd.atOnce(EXIT_FAILURE)
        }
    }

    /// An `error` line.
    static func errorLine(name: String, message: String, fatal: Bool) -> String {
        #"{"type":"error","time_us":\#(Clock.epochMicroseconds()),"name":\#(JSONText.quoted(name)),"#
            + #""message":\#(JSONText.quoted(message)),"fatal":\#(fatal)}"#
    }

    /// A `log` line.
    static func logLine(level: String, message: String) -> String {
        #"{"type":"log","time_us":\#(Clock.epochMicroseconds()),"level":"\#(level)","#
            + #""message":\#(JSONText.quoted(message))}"#
    }
}
