extension EventCatalog.Entry {
    /// A file of `AllowFrom` or `DenyFrom` is read again.
    static let addressListReplaced = Self(
        "3345e82712764e158fdf493f79933b74", "An address list was replaced",
        cause: """
            A file that AllowFrom or DenyFrom names has changed, and was read again. New clients \
            are judged by it; connected ones stay.
            """,
        remedy: "Nothing.")

    /// It cannot be used.
    static let addressListRefused = Self(
        "d941447ba7eb4695a0ed01344ea0f82b", "A changed address list is not used",
        cause: """
            A file that AllowFrom or DenyFrom names has changed and cannot be read, or a line is \
            no network; the message has the file, the line and the reason. The list stays as it \
            was.
            """,
        remedy: """
            Correct the line: the file is read again within two seconds. Write a new file beside \
            it and rename it (mv), so that no half-written one is read. @SYSLOG_IDENTIFIER@ check \
            reads all lists.
            """)
}
