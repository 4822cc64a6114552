internal import COpenSSL
internal import Glibc

/// Dates of certificates for people.
package enum CertificateTime {
    /// A time of a certificate in seconds since 1970.
    static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int {
        var parts = unsafe tm()
        guard unsafe ASN1_TIME_to_tm(time, &parts) == 1 else { return 0 }
        return unsafe timegm(&parts)
    }

    /// A time in seconds since 1970 as `2027-01-31 12:00 UTC`.
    package static func text(_ seconds: Int) -> String {
        var (time, parts) = (time_t(seconds), unsafe tm())
        guard unsafe gmtime_r(&time, &parts) != nil else { return "?" }
        var buffer = [CChar](repeating: 0, count: 32)
        let count = unsafe strftime(&buffer, buffer.count, "%Y-%m-%d %H:%M UTC", &parts)
        return String(decoding: buffer[..<count].map(UInt8.init), as: UTF8.self)
    }
}
