import KafkaWire

/// Numbers for topics, so that an attempt holds four bytes instead of a string.
///
/// A topic may be met by its id first (Produce v13, KIP-516) and be named later by a Metadata answer, also one of another
/// capture: all captures of an analysis share one table.
final class TopicTable {
    private var byName: [String: Int32] = [:]
    private var byID: [KafkaUUID: Int32] = [:]
    private var names: [String?] = []
    private var ids: [KafkaUUID?] = []
    /// The number that stands for another one, once an id turned out to belong to a name that has its own number.
    private var alias: [Int32] = []
    private var lastName: [UInt8] = []
    private var lastNameIndex: Int32 = -1
    private var lastID = KafkaUUID.zero
    private var lastIDIndex: Int32 = -1

    /// A table of hostile traffic stops growing here; further topics share the last number.
    private static let limit = 100_000

    /// The number of the topic with this name.
    func index(name: UnsafeRawBufferPointer) -> Int32 {
        if lastNameIndex >= 0, name.count == lastName.count,
            lastName.withUnsafeBytes({ name.elementsEqual($0) })
        {
            return lastNameIndex
        }
        let index = index(name: String(decoding: name, as: UTF8.self))
        lastName = Array(name)
        lastNameIndex = index
        return index
    }

    /// The number of the topic with this id.
    func index(id: KafkaUUID) -> Int32 {
        if lastIDIndex >= 0, id == lastID { return lastIDIndex }
        let index = byID[id] ?? add(name: nil, id: id)
        byID[id] = index
        lastID = id
        lastIDIndex = index
        return index
    }

    /// A Metadata answer said that `id` is the topic `name`.
    func name(_ id: KafkaUUID, _ name: String) {
        guard id != .zero, names.count < Self.limit else { return }
        let named = index(name: name)
        if let known = byID[id] {
            alias[Int(known)] = named
        }
        byID[id] = named
        ids[Int(named)] = id
        lastIDIndex = -1
    }

    /// The number that `index` stands for now.
    func resolved(_ index: Int32) -> Int32 { index < 0 ? index : alias[Int(index)] }

    /// The name, or the id as Kafka's tools print it where no name is known.
    func text(_ index: Int32) -> String {
        guard index >= 0 else { return "?" }
        let index = Int(resolved(index))
        return names[index] ?? ids[index]?.description ?? "?"
    }

    private func index(name: String) -> Int32 {
        if let known = byName[name] { return known }
        let index = add(name: name, id: nil)
        byName[name] = index
        return index
    }

    private func add(name: String?, id: KafkaUUID?) -> Int32 {
        guard names.count < Self.limit else { return Int32(names.count - 1) }
        names.append(name)
        ids.append(id)
        alias.append(Int32(names.count - 1))
        return Int32(names.count - 1)
    }
}
