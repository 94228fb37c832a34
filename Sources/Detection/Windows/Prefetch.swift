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

/// Asks for an element of the array that is stored at `field`, and for what each change looks at first: whose it is
/// and how many there are, 24 and 16 bytes before the elements, which may lie in two lines.
@inline(__always)
func prefetchElement<Element>(
  _ place: Int,
  of type: Element.Type,
  inArrayAt field: UnsafeRawPointer
) {
  let first = elements(ofArrayAt: field)
  prefetchLine(first - 24)
  prefetchLine(first - 16)
  let element = first + place &* MemoryLayout<Element>.stride
  prefetchLine(element)
  if MemoryLayout<Element>.size > 32 { prefetchLine(element + MemoryLayout<Element>.size - 1) }
}
