import Drivers
import ScenarioModel
import Testing

@testable import Diagnosis

/// What a diagnosis knows of a client's properties is what the client's folder says.
@Suite struct ClientFolderTests {
    @Test(arguments: ClientFamily.allCases) func theNamesAreThoseOfTheFolder(family: ClientFamily) throws {
        // A diagnosis reads sarama's settings in the words of other clients (`PropertyName`): Go has no configuration files.
        guard family != .sarama, let client = try DriverCatalog(environment: [:]).client(family.rawValue) else {
            // A client that is told apart by its words alone.
            #expect(ClientPropertyNames.producer(family.rawValue).isEmpty)
            return
        }
        #expect(Set(ClientPropertyNames.producer(family.rawValue)) == Set(client.properties.names))
        #expect(ClientPropertyNames.withoutEffect(family.rawValue) == client.properties.withoutEffect)
    }

    @Test func thereAreFolders() throws {
        #expect(try DriverCatalog(environment: [:]).clients.count >= 5)
    }
}
