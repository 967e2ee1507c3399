import KafkaWire

// ApiVersions, InitProducerId, FindCoordinator, and SaslHandshake and SaslAuthenticate where no login is wanted (see
// SaslSession for where it is). Gaps: no transactional producers and no consumer groups (both are told that their
// coordinator is not available).
extension ClusterCore {
    /// ApiVersions: an unsupported version is answered in version 0 with error 35 (KIP-511).
    func apiVersions(_ header: RequestHeaderView, _ reader: inout ByteReader, _ reply: ReplyTo) throws {
        var response = ApiVersionsResponse()
        var version = header.apiVersion
        let offered = release.versions(of: .apiVersions)?.contains(version) ?? false
        if offered {
            let request = try ApiVersionsRequest(from: &reader, version: version)
            if version >= 3, !Self.isValid(request) { response.errorCode = ErrorCode.invalidRequest.rawValue }
        } else {
            version = 0
            response.errorCode = ErrorCode.unsupportedVersion.rawValue
        }
        if offered || release.namesApiVersionsOnError {
            response.apis = release.offeredVersions
                .filter { offered || $0.api == .apiVersions }
                .map {
                    .init(
                        apiKey: $0.api.rawValue, minVersion: $0.versions.lowerBound, maxVersion: $0.versions.upperBound)
                }
        }
        if response.errorCode == ErrorCode.invalidRequest.rawValue { response.apis = [] }
        reply(.response(try Self.encode(response, correlationID: header.correlationID, version: version)))
    }

    private static func isValid(_ request: ApiVersionsRequest) -> Bool {
        func isName(_ text: String) -> Bool {
            guard let first = text.utf8.first, let last = text.utf8.last else { return false }
            func isLetterOrDigit(_ byte: UInt8) -> Bool {
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
            }
            return isLetterOrDigit(first) && isLetterOrDigit(last)
                && text.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 0x2d || $0 == 0x2e }
        }
        return isName(request.clientSoftwareName) && isName(request.clientSoftwareVersion)
    }

    /// InitProducerId without a transactional id: a fresh id with epoch 0, whatever the producer held before.
    func initProducerID(_ request: InitProducerIdRequest) -> InitProducerIdResponse {
        var response = InitProducerIdResponse()
        if request.transactionalID?.isEmpty == true {
            response.errorCode = ErrorCode.invalidRequest.rawValue
            response.producerID = -1
            response.producerEpoch = -1
            return response
        }
        if request.transactionalID != nil {
            response.errorCode = ErrorCode.coordinatorNotAvailable.rawValue
            return response
        }
        response.producerID = newProducerID()
        response.producerEpoch = 0
        return response
    }

    /// FindCoordinator: none is ever available.
    func findCoordinator(_ request: FindCoordinatorRequest, _ header: RequestHeaderView) -> FindCoordinatorResponse {
        var response = FindCoordinatorResponse()
        response.errorCode = ErrorCode.coordinatorNotAvailable.rawValue
        response.errorMessage = "this broker has no coordinators"
        response.coordinators = request.coordinatorKeys.map {
            .init(
                key: $0, errorCode: ErrorCode.coordinatorNotAvailable.rawValue,
                errorMessage: "this broker has no coordinators")
        }
        return response
    }

    /// SaslHandshake on a plaintext listener: 34.
    func saslHandshake(_ request: SaslHandshakeRequest) -> SaslHandshakeResponse {
        var response = SaslHandshakeResponse()
        response.errorCode = ErrorCode.illegalSaslState.rawValue
        return response
    }

    /// SaslAuthenticate on a plaintext listener: 34.
    func saslAuthenticate(_ request: SaslAuthenticateRequest) -> SaslAuthenticateResponse {
        var response = SaslAuthenticateResponse()
        response.errorCode = ErrorCode.illegalSaslState.rawValue
        response.errorMessage = "this listener wants no SASL"
        return response
    }
}
