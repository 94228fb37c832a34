internal import CScan

/// Asks the processor to bring what lies there into its cache; reads nothing, waits for nothing.
@inline(__always)
func prefetchLine(_ address: UnsafeRawPointer) { cscan_prefetch(address) }

/// Asks for the header of an array whose elements start there: its count is read with every access.
@inline(__always)
func prefetchHeader<T>(_ elements: UnsafePointer<T>) {
  cscan_prefetch(UnsafeRawPointer(elements) - 16)
}
