/// What `icshostd --version` prints.
enum Version {
    static let text = "icshostd 0.1.0"
}
