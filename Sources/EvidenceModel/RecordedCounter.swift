import Glibc

/// A number that an event of the history carries, and what it means to a judge: nothing that is counted goes untold.
///
/// The table holds every key of `HistoryEvent.values` of the kinds that count (``kinds``): a counter that is not in it is
/// a doubt itself, so none can be added without a word on what it means.
public struct RecordedCounter: Sendable, Equatable {
    /// The kind of event that carries it.
    public var event: HistoryEvent.Kind
    /// Its key in `HistoryEvent.values`, with its unit.
    public var name: String
    /// What a value other than 0 means to a judge.
    public var weight: Weight

    /// What a value other than 0 means.
    public enum Weight: Sendable, Equatable {
        /// A doubt about an account, in these words. Counters of one event with the same words are added up.
        case doubt(Account, Words)
        /// The same where a fault of the cell is started by a message (`on:`); harmless elsewhere, for the reason given.
        case doubtOfMessages(Account, Words, elsewhere: String)
        /// Judged by more than whether it is 0; how.
        case judged(Account, String)
        /// No doubt, and why not.
        case harmless(String)
    }

    /// The words of a doubt: `{subject}` is replaced by the event's subject, `{count}` by the number with its noun,
    /// `{errno}` by the system's words for the number.
    public struct Words: Sendable, Equatable {
        /// The sentence.
        public var text: String
        /// What is counted, in the singular.
        public var noun: String
        /// The plural where an `s` is not enough.
        public var plural: String

        /// Words about `noun`.
        public init(_ text: String, _ noun: String = "packet", plural: String? = nil) {
            self.text = text
            self.noun = noun
            self.plural = plural ?? noun + "s"
        }

        /// The doubt about an event's subject and a value.
        public func doubt(subject: String?, value: Int64) -> String {
            Self.replace(
                Self.replace(
                    Self.replace(text, "{subject}", subject ?? "?"), "{count}", "\(value) \(value == 1 ? noun : plural)"
                ), "{errno}", String(cString: strerror(Int32(clamping: value))))
        }

        private static func replace(_ text: String, _ word: String, _ value: String) -> String {
            guard let place = text.firstRange(of: word) else { return text }
            return text[..<place.lowerBound] + value + text[place.upperBound...]
        }
    }

    init(_ event: HistoryEvent.Kind, _ name: String, _ weight: Weight) {
        self.event = event
        self.name = name
        self.weight = weight
    }

    /// The kinds of event whose every value is a counter of this table.
    public static let kinds: [HistoryEvent.Kind] = [.linkEnded, .deviceCounters, .captureEnded, .recordWriteFailed]

    /// Every counter.
    public static let all: [RecordedCounter] = link + devices + captures + writes

    /// The counter of an event; nil for one that nobody has said anything about.
    public static func named(_ name: String, of event: HistoryEvent.Kind) -> RecordedCounter? {
        all.first { $0.event == event && $0.name == name }
    }
}

// MARK: - The table

extension RecordedCounter {
    private static let link = fates + times + refusals + followed

    private static let fates = [
        RecordedCounter(.linkEnded, "packets_in", .harmless("every packet that came in: a sum")),
        RecordedCounter(.linkEnded, "packets_forwarded", .harmless("what left: a sum")),
        RecordedCounter(
            .linkEnded, "packets_dropped",
            .harmless("a sum: drops of faults are in the fault log, those of the link in the counters below")),
        RecordedCounter(.linkEnded, "packets_duplicated", .harmless("copies that a fault made: in the fault log")),
        RecordedCounter(
            .linkEnded, "packets_made", .harmless("resets and parts of packets that faults asked for: in the fault log")
        ),
        RecordedCounter(
            .linkEnded, "packets_held", .harmless("still on their way when the cell had ended, as on any network")),
        RecordedCounter(.linkEnded, "resets", .harmless("connections that a fault reset: in the fault log")),
        RecordedCounter(
            .linkEnded, "slots_leaked",
            .doubt(.experiment, Words("the link itself lost track of {count}", "packet buffer"))),
        RecordedCounter(.linkEnded, "slots_peak", .harmless("the most packets held at once: a size")),
    ]

    private static let times = [
        RecordedCounter(.linkEnded, "lateness_p50_us", .harmless("the 99th percentile is what is judged")),
        RecordedCounter(
            .linkEnded, "lateness_p99_us",
            .judged(.experiment, "above 10 ms where times or delays are part of the experiment, above 100 ms elsewhere")
        ),
        RecordedCounter(.linkEnded, "lateness_max_us", .harmless("the 99th percentile is what is judged")),
        RecordedCounter(
            .linkEnded, "wake_up_lateness_p99_us",
            .judged(
                .experiment,
                "above 1 s, or 100 ms where times are part of the experiment: the link got no processor, whether it held packets or not"
            )),
        RecordedCounter(.linkEnded, "processor_time_us", .harmless("what the link cost: a size")),
        RecordedCounter(.linkEnded, "elapsed_us", .harmless("how long the link ran: a size")),
        RecordedCounter(.linkEnded, "fault_log_entries", .harmless("lines of link.jsonl: a size")),
        RecordedCounter(
            .linkEnded, "fault_log_lost_entries",
            .doubt(.experiment, Words("the fault log lost {count}", "entry", plural: "entries"))),
        RecordedCounter(
            .linkEnded, "fault_log_errno", .doubt(.experiment, Words("the fault log could not be written: {errno}"))),
    ]

    private static let refusals = [
        RecordedCounter(
            .linkEnded, "overflow_packets",
            .doubt(.experiment, Words("the link itself had no room for {count} that no fault asked to drop"))),
        RecordedCounter(
            .linkEnded, "write_failures",
            .doubt(.experiment, Words("the link itself lost {count} that a device did not take"))),
        RecordedCounter(
            .linkEnded, "last_write_errno", .harmless("why a device took no packet: write_failures counts")),
        RecordedCounter(
            .linkEnded, "malformed_packets",
            .doubt(.experiment, Words("the link itself dropped {count} that were no whole IPv4 packets"))),
        RecordedCounter(
            .linkEnded, "oversize_packets",
            .doubt(.experiment, Words("the link itself dropped {count} longer than its MTU that no fault asked for"))),
        RecordedCounter(
            .linkEnded, "unroutable_packets",
            .doubt(.experiment, Words("the link itself dropped {count} to addresses where no node is"))),
        RecordedCounter(
            .linkEnded, "ipv6_packets", .harmless("a kernel's own announcements: no node has an address of IPv6")),
        RecordedCounter(
            .linkEnded, "non_tcp_packets", .harmless("faults on packets act on them; no record travels in them")),
    ]

    private static let followed = [
        RecordedCounter(
            .linkEnded, "fragments",
            .doubtOfMessages(
                .experiment, Words("the link itself could not look for messages in {count} that were fragments"),
                elsewhere: "faults on packets act on them")),
        RecordedCounter(
            .linkEnded, "malformed_tcp_packets",
            .doubtOfMessages(
                .experiment, Words("the link itself could not look for messages in {count} with a broken TCP header"),
                elsewhere: "faults on packets act on them")),
        RecordedCounter(.linkEnded, "connections", .harmless("connections that were followed: a size")),
        RecordedCounter(
            .linkEnded, "opaque_connections",
            .doubtOfMessages(
                .experiment, Words("the link itself could not follow the messages of {count}", "connection"),
                elsewhere: "no fault looks for messages")),
        RecordedCounter(
            .linkEnded, "evicted_connections",
            .doubt(.experiment, Words("the link itself forgot {count} that were open", "connection"))),
        RecordedCounter(.linkEnded, "requests", .harmless("requests seen: a size")),
        RecordedCounter(.linkEnded, "responses", .harmless("responses seen: a size")),
        RecordedCounter(
            .linkEnded, "unmatched_responses",
            .doubtOfMessages(
                .experiment, Words("the link itself saw {count} to requests that it had not seen", "response"),
                elsewhere: "no fault looks for messages")),
        RecordedCounter(
            .linkEnded, "unread_messages",
            .doubtOfMessages(
                .experiment, Words("the link itself could not read {count} that a fault looks into", "message"),
                elsewhere: "no fault looks for messages")),
        RecordedCounter(.linkEnded, "triggers", .harmless("messages that faults acted on: in the fault log")),
        RecordedCounter(
            .linkEnded, "rules_overflow",
            .doubt(.experiment, Words("the link itself had no room for {count} of faults on messages", "action"))),
    ]

    private static let devices = ["rx_dropped_packets", "tx_dropped_packets"].map { name in
        RecordedCounter(
            .deviceCounters, name,
            .doubt(.experiment, Words("device {subject} dropped {count} that no fault asked for")))
    }

    private static let captures =
        [RecordedCounter(.captureEnded, "received_packets", .harmless("packets that were captured: a size"))]
        + ["dropped_packets", "interface_dropped_packets"].map { name in
            RecordedCounter(.captureEnded, name, .doubt(.wire, Words("{subject}: the capture lost {count}")))
        }

    private static let writes = [
        RecordedCounter(
            .recordWriteFailed, "lost_bytes",
            .judged(.client, "of driver.jsonl; another file is the experiment's; by driver.log nobody judges")),
        RecordedCounter(.recordWriteFailed, "errno", .harmless("why a file could not be written: lost_bytes counts")),
    ]
}
