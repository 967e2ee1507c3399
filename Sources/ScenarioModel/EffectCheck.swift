/// Refuses the settings of a cell that would change nothing: properties that the broker or the client does not act
/// upon, actions that the kind of broker cannot do, a release that nobody plays.
///
/// What only the client can know (a property of a release that is newer than this table) is left to it.
struct EffectCheck {
    let root: ScenarioValue
    let broker: BrokerSpec
    let producer: ProducerSpec
    let faults: [FaultSpec]
    let rules: ScenarioRules

    /// Notes everything without effect.
    func run(_ errors: inout ErrorCollector) {
        if let abilities = rules.abilities[broker.kind.name] {
            checkBroker(abilities, &errors)
            checkActions(abilities, &errors)
            checkTransactions(abilities, &errors)
        }
        checkClient(&errors)
    }

    // MARK: - The broker

    private func checkBroker(_ abilities: BrokerAbilities, _ errors: inout ErrorCollector) {
        let kind = broker.kind.name
        func kinds(_ able: (BrokerAbilities) -> Bool) -> String {
            let names = rules.brokerKinds.map(\.name).filter { rules.abilities[$0].map(able) ?? false }
            return "with kind " + names.joined(separator: " or ")
        }
        let section = root["broker"]
        if let release = section?["release"], !release.isNull, !abilities.takesRelease {
            errors.add(
                release.error(
                    "'release' has no effect with broker kind '\(kind)', which has its own",
                    allowed: kinds(\.takesRelease)))
        }
        if let image = section?["image"], !image.isNull, !abilities.takesImage {
            errors.add(
                image.error(
                    "'image' has no effect with broker kind '\(kind)', which has none", allowed: kinds(\.takesImage)))
        }
        let entries = section?["config"].map(Self.entries) ?? []
        let isPassedOn = broker.option.contains { $0.contains(BrokerAbilities.propertiesWord) }
        if let first = entries.first, !abilities.takesConfig, !isPassedOn {
            errors.add(
                ScenarioError(
                    at: first.keyLocation,
                    "broker.config: it has no effect with broker kind '\(kind)', which has its own",
                    allowed: kinds(\.takesConfig)))
            return
        }
        if let wrong = abilities.checkValues(broker) {
            errors.add(ScenarioError(at: location(of: wrong.property), "\(wrong.property): \(wrong.problem)"))
        }
        guard let known = abilities.properties?(broker.release) else { return }
        for entry in entries where !known.broker.contains(entry.key) {
            errors.add(without(entry, "broker.config", known.broker, other: ("topic's", known.topic)))
        }
        let topics = section?["topics"]
        if case .sequence(let values)? = topics?.content {
            for value in values {
                for entry in value["config"].map(Self.entries) ?? [] where !known.topic.contains(entry.key) {
                    errors.add(without(entry, "a topic's config", known.topic, other: ("broker's", known.broker)))
                }
            }
        }
    }

    private func without(
        _ entry: ScenarioValue.Entry, _ place: String, _ known: [String], other: (whose: String, names: [String])
    ) -> ScenarioError {
        var what =
            "\(place): '\(entry.key.prefix(80))' has no effect with broker kind '\(broker.kind.name)'"
            + (broker.release.map { " and release \($0)" } ?? "")
        if other.names.contains(entry.key) { what += "; it is a \(other.whose) property" }
        return ScenarioError(
            at: entry.keyLocation, what, allowed: known.joined(separator: ", "),
            didYouMean: Suggestion.nearest(to: entry.key, among: known))
    }

    /// Where a property of the broker or of a topic stands.
    private func location(of property: String) -> SourceLocation {
        var found: SourceLocation?
        func look(_ value: ScenarioValue?) {
            for entry in value.map(Self.entries) ?? [] where entry.key == property {
                found = found ?? entry.value.location
            }
        }
        if case .sequence(let topics)? = root["broker"]?["topics"]?.content {
            for topic in topics { look(topic["config"]) }
        }
        look(root["broker"]?["config"])
        look(root["broker"])
        return found ?? (root["broker"] ?? root).location
    }

    // MARK: - Actions

    private func checkActions(_ abilities: BrokerAbilities, _ errors: inout ErrorCollector) {
        let known = Set(rules.abilities.values.flatMap(\.actions))
        for fault in faults {
            let actions = fault.actions.map(\.keyword).filter(known.contains)
            for action in actions where !abilities.actions.contains(action) {
                let able = rules.brokerKinds.map(\.name).filter {
                    rules.abilities[$0]?.actions.contains(action) ?? false
                }
                let allowed =
                    abilities.actions.isEmpty ? "faults of the link" : abilities.actions.joined(separator: ", ")
                errors.add(
                    ScenarioError(
                        at: fault.location, "a broker of kind '\(broker.kind.name)' cannot do '\(action)'",
                        allowed: "\(allowed); '\(action)' with kind \(able.joined(separator: " or "))"))
            }
            checkPlace(fault, actions, abilities, &errors)
            checkLength(fault, actions.filter(abilities.actions.contains), abilities, &errors)
            checkReplicas(fault, actions.filter(abilities.actions.contains), &errors)
        }
    }

    /// `node:` and `direction:` beside nothing that looks at them.
    private func checkPlace(
        _ fault: FaultSpec, _ actions: [String], _ abilities: BrokerAbilities, _ errors: inout ErrorCollector
    ) {
        guard let first = actions.first, fault.settings.isEmpty, actions.count == fault.actions.count else { return }
        if fault.node != nil, actions.allSatisfy(abilities.clusterWide.contains) {
            errors.add(
                ScenarioError(
                    at: fault.location, "'node' has no effect: '\(first)' concerns the whole cluster",
                    allowed: "no 'node'"))
        }
        if fault.direction != nil {
            errors.add(
                ScenarioError(
                    at: fault.location, "'direction' has no effect: '\(first)' is done to a node, not to packets",
                    allowed: "no 'direction'"))
        }
    }

    /// `for:` beside nothing that ends.
    private func checkLength(
        _ fault: FaultSpec, _ actions: [String], _ abilities: BrokerAbilities, _ errors: inout ErrorCollector
    ) {
        guard case .timeline(_, .some, _) = fault.trigger, let first = actions.first, fault.settings.isEmpty,
            !actions.contains(where: abilities.undoes.contains), actions.count == fault.actions.count
        else { return }
        let kind = broker.kind.name
        let allowed = abilities.undoes.isEmpty ? "nothing" : abilities.undoes.joined(separator: ", ")
        errors.add(
            ScenarioError(
                at: fault.location, "'for' has no effect: a broker of kind '\(kind)' does not take '\(first)' back",
                allowed: "for beside \(allowed)"))
    }

    /// What concerns replicas needs some.
    private func checkReplicas(_ fault: FaultSpec, _ actions: [String], _ errors: inout ErrorCollector) {
        let replicated = broker.nodes > 1 && broker.topics.contains { $0.replicas > 1 }
        for action in fault.actions where actions.contains(action.keyword) {
            guard ["isolate", "move-leader"].contains(action.keyword) else { continue }
            if !replicated {
                errors.add(
                    ScenarioError(
                        at: fault.location, "'\(action.keyword)' has no effect: no partition has a second replica",
                        allowed: "nodes: 2 or more, and a topic with replicas: 2 or more"))
            } else if action.keyword == "move-leader", let value = action.value,
                let node = try? value.count(in: 1...250),
                node > broker.nodes
            {
                errors.add(value.error("there is no node \(node)", allowed: "1 to \(broker.nodes)"))
            }
        }
    }

    // MARK: - The client

    /// The properties of the producer in the order in which they count: the client's own last.
    private var clientEntries: [ScenarioValue.Entry] {
        let section = root["producer"]
        return [section?["config"], section?["config_for"]?[producer.client]].flatMap { $0.map(Self.entries) ?? [] }
            // A property that was set to null in this cell, or that a later one replaces, is not there.
            .filter { producer.config[$0.key] != nil }
    }

    private func checkTransactions(_ abilities: BrokerAbilities, _ errors: inout ErrorCollector) {
        guard !abilities.servesTransactions else { return }
        for entry in clientEntries where ClientProperties.normalized(entry.key) == "transactional.id" {
            let able = rules.brokerKinds.map(\.name).filter { rules.abilities[$0]?.servesTransactions ?? false }
            errors.add(
                ScenarioError(
                    at: entry.keyLocation,
                    "producer.config: '\(entry.key)' cannot be served: a broker of kind '\(broker.kind.name)' knows no"
                        + " transactions",
                    allowed: "a transactional producer with broker kind \(able.joined(separator: " or "))"
                ))
        }
    }

    private func checkClient(_ errors: inout ErrorCollector) {
        if producer.isProgram {
            if let version = root["producer"]?["version"], !version.isNull {
                errors.add(
                    version.error(
                        "'version' has no effect with client 'command'", allowed: "the program's own choice"))
            }
            if let first = clientEntries.first {
                errors.add(
                    ScenarioError(
                        at: first.keyLocation, "producer.config: it has no effect with client 'command'",
                        allowed: "give it to the program in 'command'"))
            }
            return
        }
        guard let known = producer.properties else { return }
        for entry in clientEntries where !known.knows(entry.key) {
            if let error = unknown(entry, known) { errors.add(error) }
        }
    }

    /// What is wrong with a property that a producer of this client does not act upon; nil where only the client knows.
    private func unknown(_ entry: ScenarioValue.Entry, _ known: ClientProperties) -> ScenarioError? {
        let name = entry.key
        let client = producer.client
        let place = "producer.config: '\(name.prefix(80))'"
        if let reason = known.withoutEffect.first(where: {
            $0.key == name
                || known.readsDotsAsUnderscores
                    && ClientProperties.normalized($0.key) == ClientProperties.normalized(name)
        })?.value {
            return ScenarioError(at: entry.keyLocation, "\(place) has no effect with client '\(client)': \(reason)")
        }
        let wanted = ClientProperties.normalized(name)
        let same = known.names.first { ClientProperties.normalized($0) == wanted }
        if let meant = same ?? Suggestion.nearest(to: name, among: known.names) {
            return ScenarioError(at: entry.keyLocation, "\(place) is no property of \(client)", didYouMean: meant)
        }
        let owners = rules.clients.filter { rules.clientProperties[$0]?.knows(name) ?? false }
        if !owners.isEmpty {
            return ScenarioError(
                at: entry.keyLocation, "\(place) is a property of \(owners.joined(separator: ", ")), not of \(client)",
                allowed: "config_for: { \(owners[0]): … }")
        }
        guard known.isComplete else { return nil }
        return ScenarioError(
            at: entry.keyLocation, "\(place) is no property of \(client)", allowed: known.names.joined(separator: ", "))
    }

    /// The entries of a mapping that are set.
    private static func entries(_ value: ScenarioValue) -> [ScenarioValue.Entry] {
        guard case .mapping(let entries) = value.content else { return [] }
        return entries.filter { !$0.value.isNull }
    }
}
