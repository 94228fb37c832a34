import Testing

@testable import Storage

struct PieceHashTests {
  @Test func `pieces of a large value have the digests that they have in a small one`() {
    var (small, large) = (PieceHash(), PieceHash(expecting: 1 << 30))
    for count in [0, 1, 55, 56, 63, 64, 65, 1_000, 70_000] {
      let piece = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ count) }
      let digest = Store.sha256(piece)
      #expect(small.sha256(piece) == digest && large.sha256(piece) == digest, "\(count)")
    }
    // Beyond 4 MiB the first goes over to the other as well.
    let piece = [UInt8](repeating: 7, count: 3 << 20)
    for _ in 0..<3 { #expect(small.sha256(piece) == Store.sha256(piece)) }
  }
}
