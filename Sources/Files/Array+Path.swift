extension Array<UInt8> {
    /// Calls `body` with the bytes as a C path.
    func withPath(_ body: (UnsafePointer<CChar>) -> CInt) -> CInt {
        let path = map { CChar(bitPattern: $0) } + [0]
        return unsafe path.withUnsafeBufferPointer { bytes in
            unsafe bytes.baseAddress.map { unsafe body($0) } ?? -1
        }
    }
}
