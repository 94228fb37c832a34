internal import CSodium
internal import CZstd

/// Large values that change a little from night to night: kept in pieces cut by their content, so
/// that a night writes the pieces that changed.
///
/// A piece ends where a rolling hash of its last bytes says so: a byte put in moves no later cut.
/// Source: Xia et al., "FastCDC", USENIX ATC 2016 (gear hash).
extension Store {
  static let pieceBounds = 2_048...65_536
  /// One cut in 8,192 bytes, on the average.
  private static let cutMask: UInt64 = 0xFFF8_0000_0000_0000
  private static let gear: [UInt64] = {
    var state: UInt64 = 0x6F6D_6574_7375_6B65
    return (0..<256).map { _ in
      // SplitMix64: the same numbers everywhere.
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }()

  /// The value; `nil`: there is none of the name.
  public func value(_ name: String) throws(StoreError) -> [UInt8]? {
    guard
      let found = try connection.first(
        "SELECT length, pieces FROM value WHERE name = ?",
        [.text(name)],
        { (length: $0.int(0), pieces: $0.bytes(1)) }
      )
    else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(found.length)
    for digest in Self.digests(found.pieces) {
      let packed = try connection.first(
        "SELECT bytes FROM piece WHERE digest = ?",
        [.blob(digest)]
      ) { $0.bytes(0) }
      guard let packed, let piece = Self.unpacked(try opened(packed)), pieceName(piece) == digest
      else {
        throw StoreError(.notAStore, "\(path): a part of \(name) is damaged; bring back a copy")
      }
      bytes += piece
    }
    return bytes
  }

  /// Sets a value and lets go the pieces that it alone had; bytes written.
  @discardableResult
  public func setValue(_ name: String, _ bytes: [UInt8]?) throws(StoreError) -> Int {
    let before = try connection.first(
      "SELECT pieces FROM value WHERE name = ?",
      [.text(name)]
    ) { $0.bytes(0) }
    let old = Set(before.map { Self.digests($0) } ?? [])
    var new: [[UInt8]] = []
    var written = 0
    if let bytes {
      for range in Self.cuts(bytes) {
        let piece = Array(bytes[range])
        let digest = pieceName(piece)
        new.append(digest)
        if old.contains(digest) { continue }
        let packed = boxed(Self.packed(piece))
        written += packed.count
        try connection.run(
          "INSERT OR IGNORE INTO piece VALUES (?, ?)",
          [.blob(digest), .blob(packed)]
        )
      }
      try connection.run(
        "INSERT OR REPLACE INTO value VALUES (?, ?, ?)",
        [.text(name), .integer(Int64(bytes.count)), .blob(Array(new.joined()))]
      )
    } else {
      try connection.run("DELETE FROM value WHERE name = ?", [.text(name)])
    }
    let gone = old.subtracting(new)
    guard !gone.isEmpty else { return written }
    let others = try connection.rows(
      "SELECT pieces FROM value WHERE name <> ?",
      [.text(name)]
    ) { Self.digests($0.bytes(0)) }
    for digest in gone.subtracting(others.joined()) {
      try connection.run("DELETE FROM piece WHERE digest = ?", [.blob(digest)])
    }
    return written
  }

  private static func digests(_ list: [UInt8]) -> [[UInt8]] {
    stride(from: 0, to: list.count - list.count % 32, by: 32).map { Array(list[$0..<$0 + 32]) }
  }

  static func cuts(_ bytes: [UInt8]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    let gear = Self.gear
    bytes.withUnsafeBufferPointer { bytes in
      var start = 0
      while start < bytes.count {
        let last = min(bytes.count, start + pieceBounds.upperBound)
        var end = min(bytes.count, start + pieceBounds.lowerBound)
        var hash: UInt64 = 0
        while end < last {
          hash = (hash << 1) &+ gear[Int(bytes[end])]
          end += 1
          if hash & cutMask == 0 { break }
        }
        ranges.append(start..<end)
        start = end
      }
    }
    return ranges
  }

  // MARK: Bytes

  static func sha256(_ bytes: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    // An empty buffer may have no address; libsodium wants one all the same.
    let padded = bytes.isEmpty ? [0] : bytes
    _ = crypto_hash_sha256(&digest, padded, UInt64(bytes.count))
    return digest
  }

  /// Zstandard, with its own check sum left out: the digest checks.
  static func packed(_ bytes: [UInt8]) -> [UInt8] {
    let room = ZSTD_compressBound(bytes.count)
    return [UInt8](unsafeUninitializedCapacity: room) { target, count in
      let size = bytes.withUnsafeBytes {
        ZSTD_compress(target.baseAddress, room, $0.baseAddress, $0.count, 3)
      }
      count = ZSTD_isError(size) == 0 ? size : 0
    }
  }

  /// `nil`: damaged, or larger than anything that is kept.
  static func unpacked(_ bytes: [UInt8]) -> [UInt8]? {
    let size = bytes.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
    guard size <= 1 << 30 else { return nil }
    var isWhole = false
    let result = [UInt8](unsafeUninitializedCapacity: max(1, Int(size))) { target, count in
      let got = bytes.withUnsafeBytes {
        ZSTD_decompress(target.baseAddress, Int(size), $0.baseAddress, $0.count)
      }
      isWhole = ZSTD_isError(got) == 0 && got == Int(size)
      count = isWhole ? got : 0
    }
    return isWhole ? result : nil
  }
}
