internal import COpenSSL
internal import Glibc
internal import TextFormats

/// Converts the dates of certificates.
package enum CertificateTime {
    /// The time of a certificate, in seconds since 1970.
    static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int {
        var parts = unsafe tm()
        guard unsafe ASN1_TIME_to_tm(time, &parts) == 1 else { return 0 }
        return unsafe timegm(&parts)
    }

    /// A time in seconds since 1970 as `2027-01-31 12:00 UTC`.
    package static func text(_ seconds: Int) -> String {
        let date = CivilDate(secondsSince1970: seconds)
        return "\(date.isoDay) \(date.isoTime.prefix(5)) UTC"
    }
}
