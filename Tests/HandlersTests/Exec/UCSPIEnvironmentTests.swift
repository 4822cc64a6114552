import HandlerAPI
import HandlerTesting
import NetworkTypes
import Testing

@testable import Handlers

/// What a program is told about its client's certificate.
@Suite struct UCSPIEnvironmentTests {
    @Test func aUnixClientHasAProcessAndAUser() {
        var facts = ClientFacts()
        facts.remoteAddress = SocketAddress(UnixPeer(processID: 7, userID: 8))
        let variables = UCSPIEnvironment.variables(of: ScriptedClient(facts: facts).client)
        #expect(variables["PROTO"] == "UNIX" && variables["TCPREMOTEIP"] == nil)
        #expect(variables["UNIXREMOTEPID"] == "7" && variables["UNIXREMOTEEUID"] == "8")
    }

    @Test func theCommonNameIsThatOfTheCertificate() {
        var facts = ClientFacts()
        facts.tlsVersion = "TLSv1.3"
        facts.certificate = ClientCertificate(
            subject: "CN=J\\C3\\BCrgen,O=x\\,CN=admin", issuer: "CN=CA", commonName: "Jürgen",
            fingerprint: "00")
        let variables = UCSPIEnvironment.variables(of: ScriptedClient(facts: facts).client)
        #expect(variables["SSL_CLIENT_S_DN_CN"] == "Jürgen")
        #expect(variables["SSL_CLIENT_S_DN"] == "CN=J\\C3\\BCrgen,O=x\\,CN=admin")
        facts.certificate = ClientCertificate(subject: "CN=a\\0Ab", issuer: "", fingerprint: "")
        #expect(
            UCSPIEnvironment.variables(of: ScriptedClient(facts: facts).client)[
                "SSL_CLIENT_S_DN_CN"]
                == nil)
    }
}
