internal import CCrypto

/// SHA-256 of the pieces of one value: by libsodium until 4 MiB of it have come, then by libcrypto where it is installed (decision
/// 0070).
///
/// Both make the same digests.
struct PieceHash {
  /// Bytes from which on it pays to load libcrypto.
  private static let much = 4 << 20
  private var done = 0

  /// `length`: of the whole value, as far as it is known.
  init(expecting length: Int = 0) { done = length }

  mutating func sha256(_ piece: [UInt8]) -> [UInt8] {
    guard done >= Self.much, let sum = ccrypto_sum_new() else {
      done += piece.count
      return Store.sha256(piece)
    }
    defer { ccrypto_sum_free(sum) }
    var digest = [UInt8](repeating: 0, count: 32)
    guard ccrypto_sum_add(sum, piece, piece.count) == 1, ccrypto_sum_end(sum, &digest) == 1 else {
      return Store.sha256(piece)
    }
    return digest
  }
}
