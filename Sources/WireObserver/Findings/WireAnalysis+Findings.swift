import EvidenceModel

extension WireAnalysis {
    /// What deserves a look, in time order: broken invariants, errors, batches whose fate the client was not told, and what
    /// the captures could not show. docs/observer.md lists the kinds.
    public func findings() -> [WireEvidence.Finding] {
        var list = FindingList()
        for note in fileNotes { list.add(note) }
        addCaptureFindings(&list)
        BatchFindings(self).add(to: &list)
        TransactionFindings.add(transactions, to: &list)
        return list.sorted()
    }

    /// What a capture could not show.
    private func addCaptureFindings(_ list: inout FindingList) {
        for observer in observers {
            let counts = observer.counts
            let last = counts.lastPacketUs * 1000
            let file = counts.file
            if observer.packets.cutPackets > 0 {
                list.add(
                    "capture_cut", last,
                    "\(observer.packets.cutPackets) packets of \(file) were cut by the snap length"
                        + (observer.log.cutHeaders > 0
                            ? "; \(observer.log.cutHeaders) batches lack their producer id" : "")
                        + (observer.log.countsAreLowerBounds ? "; counts are lower bounds" : "")
                        + (observer.log.cutHeaders > 0 || !observer.log.hiddenNs.isEmpty ? ": capture with -s 0" : ""))
            }
            if counts.gaps > 0 {
                list.add(
                    "capture_gap", last,
                    "\(observer.tally.gapBytes) bytes in \(counts.gaps) places of \(file) never came; they were skipped"
                )
            }
            SecureConnectionFindings.add(observer, to: &list)
            NotLookedInto.add(observer, to: &list)
            StrangeConnections.add(observer, to: &list)
            ConnectionFaultFindings.add(observer, to: &list)
            SilentBroker.add(observer, to: &list)
            addFlowFindings(observer, &list)
            if observer.hostChecksums.rejected > 0 {
                list.add(
                    "bad_checksums", last,
                    "\(observer.hostChecksums.rejected) packets of \(file) had a wrong checksum where they were received, and were left out"
                )
            }
            let incomplete = observer.packets.incompleteFragments
            if incomplete > 0 {
                list.add(
                    "ip_fragments", last,
                    "\(incomplete) of \(observer.packets.fragments) IP fragments of \(file) were not put together: the"
                        + " other parts of their packets are not there")
            }
            addFrameFindings(observer, &list)
        }
    }

    /// What TCP did, and what limited it.
    private func addFlowFindings(_ observer: CaptureObserver, _ list: inout FindingList) {
        for (from, to, sizes) in observer.table.blackHoles {
            guard let hole = sizes.blackHole else { continue }
            list.add(
                "path_mtu_black_hole", hole.firstNs,
                "segments above \(sizes.longestAcknowledged) bytes from \(Self.host(from)) to \(Self.host(to)) were"
                    + " never acknowledged while shorter ones were: \(InspectText.count(hole.times, "sending")) of"
                    + " \(hole.shortest) bytes and more on \(InspectText.count(hole.connections, "connection"));"
                    + " a path that swallows long packets without a word looks like this")
        }
        for entry in observer.table.presentFlowFaults.sorted {
            ZeroWindows.add(entry, to: &list)
            DuplicateAcknowledgements.add(entry, to: &list)
            Reordering.add(entry, to: &list)
            ReceiverWindowLimit.add(entry, to: &list)
            SenderBufferLimit.add(entry, to: &list)
        }
    }

    /// Frames that could not be read or matched.
    private func addFrameFindings(_ observer: CaptureObserver, _ list: inout FindingList) {
        let counts = observer.counts
        let last = counts.lastPacketUs * 1000
        let file = counts.file
        if counts.undecodableFrames > 0 {
            list.add(
                "undecodable", last, "\(counts.undecodableFrames) frames of \(file) could not be decoded")
        }
        if observer.frames.unknownRequests > 0 {
            list.add(
                "unknown_api", last,
                "\(observer.frames.unknownRequests) requests of \(file) have an api or version that is not known")
        }
        if let (offset, time) = observer.frames.firstImpossibleOffset {
            list.add(
                "impossible_offset", time,
                "\(observer.frames.impossibleOffsets) answers of \(file) name an offset that no log can have, the first "
                    + "\(offset); it is taken for none")
        }
        if observer.frames.unmatchedResponses > 0 {
            list.add(
                "unmatched_responses", last,
                "\(observer.frames.unmatchedResponses) responses of \(file) answer requests that were not captured")
        }
    }
}
