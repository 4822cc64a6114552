import HandlerAPI
import Systemd
import Testing

@testable import SocketServerDaemon

/// What a unit says of paths.
@Suite struct ServiceViewTests {
    private static let shipped = ServiceView(
        UnitSettings(
            unit: "icshostd.service", protectSystem: "strict", protectHome: "read-only",
            hasPrivateTmp: true, readWritePaths: ["-/srv/inbox", "/home/www/logs"],
            readOnlyPaths: ["/srv/inbox/old"], inaccessiblePaths: ["/srv/secret"],
            ownDirectories: ["/var/lib/icshostd", "/run/icshostd", "/var/log/icshostd"],
            systemCalls: ["read"]))

    @Test(arguments: [
        ("/var/log/icshostd", ServiceView.Access.writable), ("/var/log/icshostd/a/b", .writable),
        ("/var/log", .readOnly("ProtectSystem=strict")),
        ("/var/log/icshostd2", .readOnly("ProtectSystem=strict")),
        ("/", .readOnly("ProtectSystem=strict")), ("/dev/shm", .writable),
        ("/home/www", .readOnly("ProtectHome=read-only")), ("/home/www/logs", .writable),
        ("/tmp/x", .hidden("PrivateTmp=yes")), ("/var/tmp", .hidden("PrivateTmp=yes")),
        ("/srv/inbox/new", .writable), ("/srv/inbox/old", .readOnly("ReadOnlyPaths=")),
        ("/srv/secret/x", .hidden("InaccessiblePaths=")),
    ])
    func theNearestDirectoryDecides(_ path: String, _ access: ServiceView.Access) {
        #expect(Self.shipped.access(to: path) == access)
    }

    @Test func theRemedyIsNamed() {
        let obstacle = Self.shipped.obstacle(toWritingIn: "/srv/nowhere")
        #expect(
            obstacle
                == "/srv/nowhere is read-only for icshostd.service (ProtectSystem=strict): add "
                + "ReadWritePaths=/srv/nowhere to it (systemctl edit icshostd.service)")
        #expect(Self.shipped.obstacle(toWritingIn: "/run/icshostd") == nil)
        #expect(
            Self.shipped.obstacle(toSharing: "/tmp/www")
                == "/tmp/www is hidden from icshostd.service (PrivateTmp=yes): use another "
                + "directory")
        #expect(Self.shipped.obstacle(toSharing: "/srv/www") == nil)
    }

    @Test func aUnitThatSaysNothingForbidsNothing() {
        let view = ServiceView(UnitSettings(unit: "a.service"))
        #expect(view.access(to: "/etc") == .writable)
        #expect(!view.limits.isRefused("setpriority"))
        #expect(Self.shipped.limits.isRefused("setpriority"))
    }
}
