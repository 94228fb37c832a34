internal import CSodium

/// What bears keyed hashes of data subjects is kept under a key that lies outside the store, and that can be
/// another tomorrow: the hashes stay what they are, and with them every count.
///
/// Boxes are XSalsa20-Poly1305 of libsodium (`crypto_secretbox`); byte by byte in docs/formats/store.md.
public struct StoreKey: Sendable, Hashable {
  let box: [UInt8]
  let name: [UInt8]
  /// Tells the key in the store without telling what it is.
  public let check: String

  /// Of the 16 bytes of the key file.
  public init(_ bytes: [UInt8]) {
    box = Self.derived("ometsuke store box", bytes)
    name = Self.derived("ometsuke store name", bytes)
    check = ChainLink.hex(Array(Self.derived("ometsuke store check", bytes).prefix(8)))
  }

  /// BLAKE2b under the key.
  private static func derived(_ purpose: String, _ key: [UInt8]) -> [UInt8] {
    hash(Array(purpose.utf8), key)
  }

  static func hash(_ bytes: [UInt8], _ key: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    let padded = bytes.isEmpty ? [0] : bytes
    _ = crypto_generichash(&digest, 32, padded, UInt64(bytes.count), key, key.count)
    return digest
  }

  /// 16 bytes by chance.
  public static func fresh() -> [UInt8] {
    guard sodium_init() >= 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: 16)
    randombytes_buf(&bytes, bytes.count)
    return bytes
  }

  // MARK: Boxes

  /// `OMB` and the version; no frame of Zstandard begins so.
  static let mark: [UInt8] = [0x4F, 0x4D, 0x42, 0x01]

  static func isBox(_ bytes: [UInt8]) -> Bool { bytes.starts(with: mark) }

  func boxed(_ bytes: [UInt8]) -> [UInt8] {
    var nonce = [UInt8](repeating: 0, count: Int(crypto_secretbox_NONCEBYTES))
    randombytes_buf(&nonce, nonce.count)
    var boxed = [UInt8](repeating: 0, count: bytes.count + Int(crypto_secretbox_MACBYTES))
    let padded = bytes.isEmpty ? [0] : bytes
    _ = crypto_secretbox_easy(&boxed, padded, UInt64(bytes.count), nonce, box)
    return Self.mark + nonce + boxed
  }

  /// `nil`: of another key, or damaged.
  func opened(_ bytes: [UInt8]) -> [UInt8]? {
    let start = Self.mark.count + Int(crypto_secretbox_NONCEBYTES)
    let over = Int(crypto_secretbox_MACBYTES)
    guard Self.isBox(bytes), bytes.count >= start + over else { return nil }
    let nonce = Array(bytes[Self.mark.count..<start])
    let content = Array(bytes[start...])
    var plain = [UInt8](repeating: 0, count: max(1, content.count - over))
    guard crypto_secretbox_open_easy(&plain, content, UInt64(content.count), nonce, box) == 0 else {
      return nil
    }
    return Array(plain.prefix(content.count - over))
  }
}

extension Store {
  /// What the chain of keys is called.
  public static let keySource = "(keys)"
  private static let keySetting = "store-key"
  private static let subjectSetting = "subject-key"

  /// The check of the key under which it is kept; `nil`: under none.
  public func keyCheck() throws(StoreError) -> String? { try setting(Self.keySetting) }

  /// Takes the keys of the estate.
  ///
  /// - Throws: `StoreError` when the store is kept under another key, or counts subjects by another one: their
  ///   counts would double.
  public func unlock(_ key: StoreKey?, subjects: StoreKey?) throws(StoreError) {
    if let kept = try setting(Self.subjectSetting), subjects?.check != kept {
      throw StoreError(
        .unusable,
        "\(path): counts data subjects by another privacy key than the estate file's: every one would"
          + " be counted twice; put that key back (`state rotate-key` changes the store's own key alone)"
      )
    }
    let kept = try keyCheck()
    if kept == key?.check || kept == nil {
      self.key = kept == nil ? nil : key
      return
    }
    throw StoreError(
      .unusable,
      "\(path): is kept under another key (\(kept ?? "")); name the estate file whose privacy key-file"
        + " holds it on its second line; a rotation that broke off leaves it in KEY-FILE.new: rename that"
    )
  }

  /// Whether subjects are counted under a key that the estate declares; else under the one built in.
  public func countsUnderOwnKey() throws(StoreError) -> Bool {
    try setting(Self.subjectSetting) != nil
  }

  /// Remembers by which key subjects are counted, where the estate has one of its own.
  public func noteSubjectKey(_ subjects: StoreKey?) throws(StoreError) {
    guard let subjects, try setting(Self.subjectSetting) == nil else { return }
    try transaction { () throws(StoreError) in
      try setSetting(Self.subjectSetting, subjects.check)
    }
  }

  /// Keeps all that bears hashes of subjects under another key, as one; `link` tells it in the chain.
  public func rekey(to new: StoreKey, _ link: ChainLink) throws(StoreError) {
    let old = key
    do throws(StoreError) {
      try transaction { () throws(StoreError) in
        for name in try connection.rows("SELECT name FROM value ORDER BY name", [], { $0.text(0) })
        {
          key = old
          let bytes = try value(name)
          key = new
          try setValue(name, bytes)
        }
        try rebox("stream", "open_rows", old, new)
        try rebox("journal", "rows", old, new)
        try rebox("held", "rows", old, new)
        try rebox("subject_sample", "subjects", old, new)
        key = new
        try setSetting(Self.keySetting, new.check)
        try add(link)
      }
    } catch {
      key = old
      throw error
    }
    // Freed pages hold what was under the old key.
    try connection.run("VACUUM")
    try connection.script("PRAGMA wal_checkpoint(TRUNCATE)")
  }

  private func rebox(
    _ table: String,
    _ column: String,
    _ old: StoreKey?,
    _ new: StoreKey
  ) throws(StoreError) {
    // `subject_sample` has no row ids: its keys are three.
    let isSample = table == "subject_sample"
    let names = isSample ? ["owner", "account", "year"] : ["id"]
    let keys = try connection.rows(
      "SELECT \(names.joined(separator: ", ")) FROM \(table) WHERE \(column) IS NOT NULL"
    ) { row in names.indices.map { Value.integer(row.integer($0)) } }
    let place = names.map { "\($0) = ?" }.joined(separator: " AND ")
    for values in keys {
      let kept = try connection.first("SELECT \(column) FROM \(table) WHERE \(place)", values) {
        $0.bytes(0)
      }
      guard let kept else { continue }
      key = old
      let plain = try opened(kept)
      key = new
      try connection.run(
        "UPDATE \(table) SET \(column) = ? WHERE \(place)",
        [.blob(boxed(plain))] + values
      )
    }
  }

  // MARK: Boxes

  /// As it is written: under the key, when there is one.
  func boxed(_ bytes: [UInt8]) -> [UInt8] { key?.boxed(bytes) ?? bytes }

  /// As it was before it was written.
  func opened(_ bytes: [UInt8]) throws(StoreError) -> [UInt8] {
    guard StoreKey.isBox(bytes) else { return bytes }
    guard let key else {
      throw StoreError(
        .unusable,
        "\(path): is kept under a key; name the estate file whose privacy key-file holds it"
      )
    }
    guard let plain = key.opened(bytes) else {
      throw StoreError(
        .notAStore,
        "\(path): something is damaged or of another key; bring back a copy"
      )
    }
    return plain
  }

  /// What a piece is called: without a key its SHA-256, so that it can be checked; with one, nothing that a
  /// guess of the content could be held against.
  func pieceName(_ piece: [UInt8], _ hash: inout PieceHash) -> [UInt8] {
    guard let key else { return hash.sha256(piece) }
    return StoreKey.hash(piece, key.name)
  }
}
