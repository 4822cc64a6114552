import TestSupport

/// nginx of the distribution with a directory of documents, to compare with.
final class Nginx {
    let port: UInt16
    private let process: ChildProcess
    private let reserved: ReservedPort

    /// Starts it and waits until it listens.
    init(serving documents: String, in directory: TemporaryDirectory) throws {
        reserved = try ReservedPort()
        port = reserved.number
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(directory.path)/nginx-\($0);" }.joined(separator: " ")
        let file = try directory.write(
            """
            daemon off; worker_processes 1; pid \(directory.path)/nginx.pid; user root;
            error_log stderr crit;
            events { worker_connections 512; }
            http { access_log off; \(temporary)
              server { listen 127.0.0.1:\(port); root \(documents); }
            }
            """, to: "nginx.conf")
        process = try ChildProcess(
            ["/usr/sbin/nginx", "-e", "stderr", "-p", directory.path, "-c", file])
        let (port, process) = (port, process)
        try waitUntil("nginx listens: \(process.errors)") {
            (try? PlainClient(to: "127.0.0.1", port: port)) != nil
        }
    }

    deinit {
        process.send(15)
        _ = try? process.waitForEnd()
    }
}
