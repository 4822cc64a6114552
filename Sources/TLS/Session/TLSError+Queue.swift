internal import COpenSSL
internal import Glibc

extension TLSError {
    /// Empties the calling thread's OpenSSL error queue and describes its first entry.
    ///
    /// The first entry is the cause; later ones are the callers that it passed through. If it only names a
    /// part of the library, such as "EVP lib", the next that gives a reason is used.
    static func fromQueue() -> TLSError {
        var cause = ERR_get_error()
        var next = cause
        while next != 0, unsafe text(ERR_reason_error_string(next)).hasSuffix(" lib") {
            next = ERR_get_error()
        }
        if next != 0 { cause = next }
        ERR_clear_error()
        guard cause != 0 else { return TLSError("connection broken", code: "broken") }
        let reason = ERR_GET_REASON(cause)
        // ssl(7): an alert the peer sent is its number plus SSL_AD_REASON_OFFSET.
        if ERR_GET_LIB(cause) == ERR_LIB_SSL, reason > SSL_AD_REASON_OFFSET {
            return alert(reason - SSL_AD_REASON_OFFSET)
        }
        let words = unsafe text(ERR_reason_error_string(cause))
        return TLSError(words, code: words.replacing(" ", with: "-"))
    }

    /// The error for an alert that the peer sent.
    static func alert(_ number: CInt) -> TLSError {
        let words = unsafe text(SSL_alert_desc_string_long(number))
        return TLSError("peer sent alert: \(words.lowercased())", code: "alert")
    }

    /// The error of a system call that failed with `number`.
    static func system(_ call: String, _ number: CInt) -> TLSError {
        TLSError("\(call): \(describe(number))", code: number == ECONNRESET ? "reset" : "system")
    }

    /// The text of an `errno` value.
    static func describe(_ number: CInt) -> String {
        unsafe text(strerror(number)).lowercased()
    }

    private static func text(_ characters: UnsafePointer<CChar>?) -> String {
        guard let characters = unsafe characters else { return "unknown error" }
        return unsafe String(cString: characters)
    }

    /// Empties the error queue if an earlier call left an entry in it.
    ///
    /// `SSL_get_error` attributes every entry that it finds to the last call (its man page).
    static func discardQueue() {
        if ERR_peek_error() != 0 { ERR_clear_error() }
    }
}
