import FoundationEssentials

extension TLSSession {
    private enum MessageType {
        static let clientHello: UInt8 = 1
        static let serverHello: UInt8 = 2
        static let newSessionTicket: UInt8 = 4
        static let finished: UInt8 = 20
        static let keyUpdate: UInt8 = 24
    }

    /// A record in the clear.
    func clear(_ record: UnsafeRawBufferPointer, _ half: Half, _ fromClient: Bool) {
        let body = UnsafeRawBufferPointer(rebasing: record[5...])
        switch record[0] {
        case 20 where handshake.progress >= .answered && !isTLS13:
            half.isChanged = true
            makeKeys()
            keepForResumption()
        case 21: note(alert: body, fromClient)
        case 22: messages(body, half, fromClient)
        case 23 where handshake.progress == .none: give(up: .notCaptured)
        default: break
        }
    }

    func note(alert body: UnsafeRawBufferPointer, _ fromClient: Bool) {
        guard body.count == 2, handshake.alert == nil else { return }
        let alert = TLSAlert(code: body[1], isFromClient: fromClient)
        if !alert.isCloseNotify { handshake.alert = alert }
    }

    /// A protected record went by: the handshake's last message is among them.
    func noteProtected(_ half: Half, _ fromClient: Bool, _ record: UnsafeRawBufferPointer) {
        guard handshake.progress == .answered else { return }
        // An alert in place of a Finished is the only record as short: its number is told with the secrets.
        if isTLS13, fromClient, record.count == Self.protectedAlertLength {
            handshake.hasHiddenAlert = true
            return
        }
        // TLS 1.3: the client has nothing to send before its Finished. TLS 1.2: Finished is the first of each end.
        half.sentFinished = true
        guard isTLS13 ? client.sentFinished : client.sentFinished && server.sentFinished else { return }
        handshake.progress = .done
        handshake.endedNs = timeNs
        if !isKeyed { give(up: CipherSuite(handshake.suite) == nil ? .unsupported : .noSecret) }
    }

    /// Handshake messages, whole or in parts.
    func messages(_ body: UnsafeRawBufferPointer, _ half: Half, _ fromClient: Bool) {
        guard half.message.count + body.count <= Self.longestMessage else {
            half.message = []
            return
        }
        half.message.append(contentsOf: body)
        var at = 0
        let bytes = half.message
        bytes.withUnsafeBytes { bytes in
            while bytes.count - at >= 4 {
                let length = Int(bytes[at + 1]) << 16 | Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
                guard bytes.count - at >= 4 + length else { break }
                message(
                    bytes[at], UnsafeRawBufferPointer(rebasing: bytes[(at + 4)..<(at + 4 + length)]), half, fromClient)
                at += 4 + length
            }
        }
        half.message.removeFirst(min(at, half.message.count))
    }

    private func message(_ type: UInt8, _ body: UnsafeRawBufferPointer, _ half: Half, _ fromClient: Bool) {
        switch type {
        case MessageType.clientHello where fromClient && handshake.progress <= .asked: asked(body)
        case MessageType.serverHello where !fromClient && handshake.progress == .asked: answered(body)
        case MessageType.newSessionTicket where !fromClient && !isTLS13:
            var reader = HelloMessage.Reader(body)
            if reader.take(4) != nil, let ticket = reader.vector(2) { newTicket = Array(ticket) }
        case MessageType.finished where isTLS13:
            if let traffic = half.traffic {
                half.keys = traffic
                half.traffic = nil
            }
        case MessageType.keyUpdate where isTLS13: half.keys = half.keys?.updated()
        default: break
        }
    }

    private func asked(_ body: UnsafeRawBufferPointer) {
        guard let hello = HelloMessage(body, isClient: true) else { return }
        // A second one answers a retry request: the handshake began with the first.
        if handshake.progress == .none { handshake.beganNs = timeNs }
        handshake.progress = .asked
        handshake.clientRandom = hello.random
        handshake.serverName = hello.name
        handshake.offered = hello.versions.isEmpty ? [hello.version] : hello.versions.filter { $0 & 0x0f0f != 0x0a0a }
        clientSession = hello.session
        ticket = hello.ticket
    }

    private func answered(_ body: UnsafeRawBufferPointer) {
        guard let hello = HelloMessage(body, isClient: false), !hello.isRetryRequest else { return }
        handshake.progress = .answered
        handshake.version = hello.versions.first ?? hello.version
        handshake.suite = hello.suite
        serverRandom = hello.random
        serverSession = hello.session
        handshake.isResumed =
            isTLS13 ? hello.hasPreSharedKey : !clientSession.isEmpty && clientSession == serverSession
        if isTLS13 { makeTrafficKeys() }
    }

    /// TLS 1.3: keys of the secrets that the log has.
    private func makeTrafficKeys() {
        guard let suite = CipherSuite(handshake.suite) else { return }
        func keys(_ label: KeyLog.Label) -> RecordKeys? {
            ring.log.secret(label, handshake.clientRandom).map { RecordKeys(secret: $0, suite) }
        }
        client.keys = keys(.clientHandshake)
        server.keys = keys(.serverHandshake)
        client.traffic = keys(.clientTraffic)
        server.traffic = keys(.serverTraffic)
        isKeyed = client.traffic != nil && server.traffic != nil
    }

    private func keepForResumption() {
        if !handshake.isResumed { ring.keep(master, session: serverSession) }
        ring.keep(master, session: newTicket)
    }

    /// TLS 1.2: keys of the master secret, which may be that of the session that is resumed.
    private func makeKeys() {
        guard !isKeyed, handshake.version == 0x0303, let suite = CipherSuite(handshake.suite) else { return }
        let master =
            ring.log.secret(.master, handshake.clientRandom)
            ?? (handshake.isResumed ? ring.master(session: ticket) ?? ring.master(session: clientSession) : nil)
        guard let master else { return }
        self.master = master
        (client.keys, server.keys) = RecordKeys.ofMaster(
            master, clientRandom: handshake.clientRandom, serverRandom: serverRandom, suite)
        isKeyed = true
    }
}
