internal import Files
internal import HTTP

/// An answer as it was sent, with what is still to be sent of it.
struct Reply {
    /// What takes a wait.
    enum Rest {
        case nothing
        case transfer(Transfer)
        /// A directory to be listed, with its path.
        case listing(OpenFile, path: [UInt8])
    }

    let status: Status
    /// The bytes of content.
    let length: Int
    var rest = Rest.nothing
}
