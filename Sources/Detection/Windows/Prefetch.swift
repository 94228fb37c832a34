internal import CScan

/// Asks the processor to bring what lies there into its cache; reads nothing, waits for nothing.
@inline(__always)
func prefetchLine(_ address: UnsafeRawPointer) { cscan_prefetch(address) }

/// Where the elements of an array begin that is stored there: behind 32 bytes of its own.
///
/// Told from memory as it lies, which the language does not promise: good for asking memory, where a
/// wrong address costs nothing, and never to be followed.
@inline(__always)
func elements(ofArrayAt field: UnsafeRawPointer) -> UnsafeRawPointer {
  let start = field.load(as: UInt.self) &+ 32
  return UnsafeRawPointer(bitPattern: start) ?? field
}
