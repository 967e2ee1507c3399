import KafkaWire

// ApiVersions, and SaslHandshake and SaslAuthenticate where no login is wanted (see SaslSession for where it is).
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
        if response.errorCode == 0, release.hasTransactionVersion {
            // What tells a client whether to raise its epoch with each transaction.
            let name = "transaction.version"
            response.supportedFeatures = [.init(name: name, minVersion: 0, maxVersion: 2)]
            response.finalizedFeaturesEpoch = featuresEpoch
            if transactionVersion > 0 {
                response.finalizedFeatures = [
                    .init(name: name, maxVersionLevel: transactionVersion, minVersionLevel: transactionVersion)
                ]
            }
        }
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
