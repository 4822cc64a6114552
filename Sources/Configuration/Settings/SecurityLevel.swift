/// `SslSecLevel`: the ten levels of ICS's TSslSrvSecurity, in its order.
package enum SecurityLevel: Int, CaseIterable, Sendable {
    case none, ssl3, backward, intermediate, intermediateFS, high, high128, high192
    case tls12OrLess, tls13Only
}
