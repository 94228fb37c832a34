internal import CSodium

/// SHA-256 by libsodium.
struct SHA256: Sendable, Hashable, BitwiseCopyable {
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  /// `nil`: the library refused.
  init?(_ bytes: ArraySlice<UInt8>) {
    let failed = withUnsafeMutableBytes(of: &words) { digest in
      bytes.withUnsafeBufferPointer { bytes -> Int32 in
        guard let target = digest.baseAddress else { return -1 }
        // An empty buffer has no address; libsodium wants one all the same.
        var nothing: UInt8 = 0
        return crypto_hash_sha256(
          target.assumingMemoryBound(to: UInt8.self),
          bytes.baseAddress ?? withUnsafePointer(to: &nothing) { $0 },
          UInt64(bytes.count)
        )
      }
    }
    guard failed == 0 else { return nil }
  }

  /// A digest that is known already; `nil`: not 32 bytes.
  init?(digest: [UInt8]) {
    guard digest.count == 32 else { return nil }
    withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: digest) }
  }

  var bytes: [UInt8] { withUnsafeBytes(of: words) { Array($0) } }

  static func == (left: Self, right: Self) -> Bool { left.words == right.words }

  func hash(into hasher: inout Hasher) { hasher.combine(words.0) }

  /// Lower-case hexadecimal.
  var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    return withUnsafeBytes(of: words) { digest in
      String(
        decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
        as: UTF8.self
      )
    }
  }
}
