/// Reads bytes, and looks for the next message where the way is lost.
///
/// `read` returns the offset at which it lost its way, or `nil`: all is read. `find` returns the bytes from the
/// next message on, or `nil`: it does not begin in what came so far.
func readRecovering(
  _ bytes: UnsafeBufferPointer<UInt8>,
  isLost: Bool,
  find: (UnsafeBufferPointer<UInt8>) -> [UInt8]?,
  read: (UnsafeBufferPointer<UInt8>) -> Int?
) {
  var found: [UInt8]?
  if isLost {
    found = find(bytes)
  } else {
    guard let at = read(bytes) else { return }
    found = find(UnsafeBufferPointer(rebasing: bytes[at...]))
  }
  while let carried = found {
    found = carried.withUnsafeBufferPointer { all in
      guard let at = read(all) else { return nil }
      return find(UnsafeBufferPointer(rebasing: all[at...]))
    }
  }
}
