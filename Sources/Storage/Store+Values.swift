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
    guard let stored = try storedValue(name) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(stored.length)
    while let piece = try stored.next() { bytes += piece }
    return bytes
  }

  /// The value, to be read piece by piece; `nil`: there is none of the name.
  public func storedValue(_ name: String) throws(StoreError) -> StoredValue? {
    let found = try connection.first(
      "SELECT length, pieces FROM value WHERE name = ?",
      [.text(name)]
    ) { (length: $0.int(0), pieces: $0.bytes(1)) }
    return found.map {
      StoredValue(store: self, name: name, length: $0.length, digests: Self.digests($0.pieces))
    }
  }

  /// What tells a value from any other, from the digests of its pieces; `nil`: there is none of the name.
  public func identity(of name: String) throws(StoreError) -> [UInt8]? {
    try connection.first("SELECT pieces FROM value WHERE name = ?", [.text(name)]) {
      Self.sha256($0.bytes(0))
    }
  }

  fileprivate func piece(
    _ digest: [UInt8],
    of name: String,
    _ hash: inout PieceHash
  ) throws(StoreError) -> [UInt8] {
    let packed = try connection.first(
      "SELECT bytes FROM piece WHERE digest = ?",
      [.blob(digest)]
    ) { $0.bytes(0) }
    guard let packed,
      let piece = try opened(packed).withUnsafeBytes({ unpacker.unpacked($0) }),
      pieceName(piece, &hash) == digest
    else {
      throw StoreError(.notAStore, "\(path): a part of \(name) is damaged; bring back a copy")
    }
    return piece
  }

  /// A value as it is to be set: what is not in the store yet is packed.
  public struct PreparedValue: Sendable {
    var name: String
    var length = 0
    /// Of all its pieces, in order.
    var digests: [[UInt8]] = []
    var fresh: [(digest: [UInt8], packed: [UInt8])] = []
  }

  /// Makes ready a value that `write` hands over in as many parts as it likes; nobody else may set it meanwhile.
  public func prepared(
    _ name: String,
    _ write: (([UInt8]) throws(StoreError) -> Void) throws(StoreError) -> Void
  ) throws(StoreError) -> PreparedValue {
    var known = Set(try pieces(of: name))
    var value = PreparedValue(name: name)
    var hash = PieceHash()
    func add(_ piece: ArraySlice<UInt8>) {
      let piece = Array(piece)
      let digest = pieceName(piece, &hash)
      value.digests.append(digest)
      guard known.insert(digest).inserted else { return }
      value.fresh.append((digest, boxed(Self.packed(piece))))
    }
    var rest: [UInt8] = []
    try write { bytes in
      value.length += bytes.count
      rest += bytes
      // Where a piece ends is told by no more than follow here.
      guard rest.count > Self.pieceBounds.upperBound else { return }
      var start = 0
      while rest.count - start >= Self.pieceBounds.upperBound {
        let end = Self.cut(rest, from: start)
        add(rest[start..<end])
        start = end
      }
      rest.removeFirst(start)
    }
    for range in Self.cuts(rest) { add(rest[range]) }
    return value
  }

  private func pieces(of name: String) throws(StoreError) -> [[UInt8]] {
    try connection.first("SELECT pieces FROM value WHERE name = ?", [.text(name)]) {
      Self.digests($0.bytes(0))
    } ?? []
  }

  /// Sets a value and lets go the pieces that it alone had; bytes written.
  @discardableResult
  public func setValue(_ name: String, _ bytes: [UInt8]?) throws(StoreError) -> Int {
    if let bytes {
      return try setValue(try prepared(name) { take throws(StoreError) in try take(bytes) })
    }
    let old = Set(try pieces(of: name))
    try connection.run("DELETE FROM value WHERE name = ?", [.text(name)])
    try letGo(old, butOf: name)
    return 0
  }

  @discardableResult
  public func setValue(_ value: PreparedValue) throws(StoreError) -> Int {
    let old = Set(try pieces(of: value.name))
    for piece in value.fresh {
      try connection.run(
        "INSERT OR IGNORE INTO piece VALUES (?, ?)",
        [.blob(piece.digest), .blob(piece.packed)]
      )
    }
    try connection.run(
      "INSERT OR REPLACE INTO value VALUES (?, ?, ?)",
      [
        .text(value.name), .integer(Int64(value.length)), .blob(Array(value.digests.joined())),
      ]
    )
    try letGo(old.subtracting(value.digests), butOf: value.name)
    return value.fresh.reduce(0) { $0 + $1.packed.count }
  }

  private func letGo(_ gone: Set<[UInt8]>, butOf name: String) throws(StoreError) {
    guard !gone.isEmpty else { return }
    let others = try connection.rows(
      "SELECT pieces FROM value WHERE name <> ?",
      [.text(name)]
    ) { Self.digests($0.bytes(0)) }
    for digest in gone.subtracting(others.joined()) {
      try connection.run("DELETE FROM piece WHERE digest = ?", [.blob(digest)])
    }
  }

  private static func digests(_ list: [UInt8]) -> [[UInt8]] {
    stride(from: 0, to: list.count - list.count % 32, by: 32).map { Array(list[$0..<$0 + 32]) }
  }

  static func cuts(_ bytes: [UInt8]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = 0
    while start < bytes.count {
      let end = cut(bytes, from: start)
      ranges.append(start..<end)
      start = end
    }
    return ranges
  }

  /// Where the piece ends that begins at a place.
  private static func cut(_ bytes: [UInt8], from start: Int) -> Int {
    let gear = Self.gear
    return bytes.withUnsafeBufferPointer { bytes in
      let last = min(bytes.count, start + pieceBounds.upperBound)
      var end = min(bytes.count, start + pieceBounds.lowerBound)
      var hash: UInt64 = 0
      while end < last {
        hash = (hash << 1) &+ gear[Int(bytes[end])]
        end += 1
        if hash & cutMask == 0 { break }
      }
      return end
    }
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
  static func packed(_ bytes: [UInt8], level: Int32 = 3) -> [UInt8] {
    let room = ZSTD_compressBound(bytes.count)
    return [UInt8](unsafeUninitializedCapacity: room) { target, count in
      let size = bytes.withUnsafeBytes {
        ZSTD_compress(target.baseAddress, room, $0.baseAddress, $0.count, level)
      }
      count = ZSTD_isError(size) == 0 ? size : 0
    }
  }

  /// `nil`: damaged, or larger than anything that is kept.
  static func unpacked(_ bytes: [UInt8]) -> [UInt8]? {
    bytes.withUnsafeBytes { Unpacker().unpacked($0) }
  }
}

/// Zstandard for many small things one after the other: what it works in is made once.
final class Unpacker {
  private let context = ZSTD_createDCtx()

  deinit { ZSTD_freeDCtx(context) }

  /// `nil`: damaged, or larger than anything that is kept.
  func unpacked(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    let size = ZSTD_getFrameContentSize(bytes.baseAddress, bytes.count)
    guard let context, size <= 1 << 30 else { return nil }
    var isWhole = false
    let result = [UInt8](unsafeUninitializedCapacity: max(1, Int(size))) { target, count in
      let got = ZSTD_decompressDCtx(
        context,
        target.baseAddress,
        Int(size),
        bytes.baseAddress,
        bytes.count
      )
      isWhole = ZSTD_isError(got) == 0 && got == Int(size)
      count = isWhole ? got : 0
    }
    return isWhole ? result : nil
  }
}

/// A value of the store that is read piece by piece, once.
public final class StoredValue {
  public let length: Int
  private let store: Store
  private let name: String
  private var digests: ArraySlice<[UInt8]>
  private var hash: PieceHash
  /// Why it ended before its end.
  public private(set) var problem: StoreError?

  fileprivate init(store: Store, name: String, length: Int, digests: [[UInt8]]) {
    (self.store, self.name, self.length, self.digests) = (store, name, length, digests[...])
    hash = PieceHash(expecting: length)
  }

  /// The next piece; `nil`: there are no more.
  public func next() throws(StoreError) -> [UInt8]? {
    guard let digest = digests.popFirst() else { return nil }
    return try store.piece(digest, of: name, &hash)
  }

  /// The same for those that cannot throw: what was wrong is kept in `problem`.
  public func nextOrNone() -> [UInt8]? {
    do throws(StoreError) {
      return try next()
    } catch {
      problem = error
      return nil
    }
  }
}
