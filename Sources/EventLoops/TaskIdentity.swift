internal import CLinux

/// Which task is running: enough to tell a client's own task from a child of it.
@safe package struct TaskIdentity: Equatable {
    private let address: UInt

    /// The task that runs on this thread.
    package static var current: TaskIdentity {
        TaskIdentity(address: unsafe UInt(bitPattern: clinux_current_task()))
    }

    private init(address: UInt) {
        self.address = address
    }

    /// The identity of a task that has not ended.
    package init(of task: Task<Void, Never>) {
        // A Task is one reference to the object that the runtime calls the current task.
        address = unsafe unsafeBitCast(task, to: UInt.self)
    }
}
