internal import CLinux

/// The memory that malloc(3) keeps of what was freed.
package enum HeapMemory {
    /// Gives it back to the kernel (malloc_trim(3)), from any thread.
    ///
    /// Whoever allocates at that moment waits: a few milliseconds for each 100 MiB.
    package static func giveBack() { clinux_give_memory_back() }
}
