internal import CCrypto
internal import CSodium

/// SHA-256 (FIPS 180-4) of bytes that come in pieces.
///
/// Where much is to be hashed by libcrypto, which uses the processor's own instructions for it (five times as fast where there
/// are such); else, and where libcrypto is not installed, by libsodium, which is there in any case. Loading libcrypto takes
/// some milliseconds, so that it pays from `much` bytes on.
public struct SHA256Sum {
  /// Bytes.
  static let much: Int64 = 4 << 20
  private var state: State

  /// `expecting`: about how many bytes will be added.
  public init(expecting count: Int64 = .max) {
    state = State(count < Self.much ? nil : ccrypto_sum_new())
  }

  public mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
    if !isKnownUniquelyReferenced(&state) { state = State(copying: state) }
    state.add(bytes)
  }

  public mutating func add(_ bytes: [UInt8]) {
    bytes.withUnsafeBufferPointer { add($0) }
  }

  /// Of all that was added so far, 32 bytes.
  public var digest: [UInt8] { State(copying: state).end() }

  /// Ends with one of the two; what one has begun the other cannot go on with.
  private final class State {
    private let fast: OpaquePointer?
    private var plain = crypto_hash_sha256_state()

    init(_ fast: OpaquePointer?) {
      self.fast = fast
      if fast == nil { crypto_hash_sha256_init(&plain) }
    }

    init(copying other: State) {
      plain = other.plain
      fast = other.fast.map { from in
        guard let copy = ccrypto_sum_copy(from) else {
          preconditionFailure("no memory for a digest")
        }
        return copy
      }
    }

    deinit { ccrypto_sum_free(fast) }

    func add(_ bytes: UnsafeBufferPointer<UInt8>) {
      if let fast {
        let isAdded = ccrypto_sum_add(fast, bytes.baseAddress, bytes.count) == 1
        precondition(isAdded, "libcrypto refuses to hash")
      } else if let start = bytes.baseAddress {
        _ = crypto_hash_sha256_update(&plain, start, UInt64(bytes.count))
      }
    }

    func end() -> [UInt8] {
      var digest = [UInt8](repeating: 0, count: 32)
      if let fast {
        precondition(ccrypto_sum_end(fast, &digest) == 1, "libcrypto refuses to hash")
      } else {
        crypto_hash_sha256_final(&plain, &digest)
      }
      return digest
    }
  }
}
