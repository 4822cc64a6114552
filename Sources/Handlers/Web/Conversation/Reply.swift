internal import Files
internal import HTTP

/// What became of a request, or what is still to be done for it.
struct Reply {
    /// What cannot be done at once.
    enum Rest {
        case nothing
        case transfer(Transfer)
        /// A directory that is to be listed, with its path.
        case listing(OpenFile, path: [UInt8])
    }

    let status: Status
    /// The bytes of content.
    let length: Int
    var rest = Rest.nothing
}
