/// Looks for the first byte of a message after bytes that are missing.
///
/// Judges places in order, each by at most `window` bytes from it on, so that what it finds does not depend on
/// how the bytes are cut. Holds `window` bytes and what came last.
struct BoundaryFinder {
  enum Verdict {
    case no
    /// More bytes would tell.
    case undecided
    case yes
  }

  static let window = 32 << 10

  private(set) var held: [UInt8] = []
  /// Bytes that were passed over since `skipped` was last taken.
  private(set) var skipped: Int64 = 0

  /// Takes bytes and judges; the bytes from the place found on, or `nil`: not yet.
  mutating func find(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ judge: (UnsafeBufferPointer<UInt8>) -> Verdict
  ) -> [UInt8]? {
    held.append(contentsOf: bytes)
    var place = 0
    let found = held.withUnsafeBufferPointer { all in
      while place < all.count {
        let end = min(all.count, place + Self.window)
        switch judge(UnsafeBufferPointer(rebasing: all[place..<end])) {
        case .yes: return true
        case .undecided where end - place < Self.window: return false
        case .undecided, .no: place += 1
        }
      }
      return false
    }
    skipped += Int64(place)
    if place > 0 { held.removeFirst(place) }
    guard found else { return nil }
    defer { held = [] }
    return held
  }

  /// Bytes are missing once more: what was held is passed over.
  mutating func reset() {
    skipped += Int64(held.count)
    held = []
  }

  mutating func takeSkipped() -> Int64 {
    defer { skipped = 0 }
    return skipped
  }
}
