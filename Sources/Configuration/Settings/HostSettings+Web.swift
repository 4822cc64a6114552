extension HostSettings {
    /// Whether the host speaks HTTP, whose clients name the host of each request themselves: on a
    /// plain listener too, web hosts are told apart.
    package var isWeb: Bool { ["web", "redirect"].contains(handler?.value) }
}
