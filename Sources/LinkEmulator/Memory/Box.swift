/// One value at an address that stays, for a thread that works on it.
struct Box<Value: ~Copyable>: ~Copyable {
    /// Where the value is. Valid as long as the box is.
    let address: UnsafeMutablePointer<Value>

    /// Takes the value in.
    init(_ value: consuming Value) {
        address = .allocate(capacity: 1)
        address.initialize(to: value)
    }

    deinit {
        address.deinitialize(count: 1)
        address.deallocate()
    }
}
