internal import EventModel
internal import Glibc
internal import Ingest
public import Storage

/// Reads sealed logs and the chains of seals again, and says what no longer matches.
///
/// Nothing is changed. Cost: every log that is still there is read once.
public struct Verification: Sendable {
  public struct Head: Sendable, Hashable {
    public var source: String
    public var night: Int
    /// In hexadecimal.
    public var head: String
  }

  /// Pieces that are as they were, and their bytes.
  public private(set) var pieces = 0
  public private(set) var bytes: Int64 = 0
  /// What does not match, a sentence each.
  public private(set) var breaches: [String] = []
  /// What does not match and somebody has decided that it may, a sentence each.
  public private(set) var settled: [String] = []
  /// Logs that are no longer where they lay, a sentence each.
  public private(set) var gone: [String] = []
  /// Logs of which a watch has taken more than is sealed, a sentence each.
  public private(set) var unsealed: [String] = []
  /// Logs of which a watch has sealed what its next night adds to the chain, a sentence each.
  public private(set) var unchained: [String] = []
  /// The last link of each chain: what to write down elsewhere.
  public private(set) var heads: [Head] = []
  /// Heads of all links, in hexadecimal: what a chain leads through.
  public private(set) var passed: Set<String> = []
  public private(set) var anchors: [Anchor] = []

  public init(_ store: Store) throws(StoreError) {
    var logs: [SealedLog] = []
    // A watch or a night may write meanwhile: what is said of the store is of one moment.
    try store.snapshot { () throws(StoreError) in
      let sealed = try checkAllChains(store)
      logs = try checkSeals(store, sealed)
    }
    for log in logs { check(log) }
  }

  // MARK: Seals

  private struct SealedLog {
    var stream: StoredStream
    /// In order of bytes, what a watch took last.
    var seals: [Seal]
    var taken: Seal?
    var anchored: [Anchor.Piece]
    var breach: MetBreaches.Breach?
    var successor: StoredStream?
    /// Whether a watch may have taken more.
    var isOpen: Bool
  }

  /// Holds the seals against the chains, and gathers what is to be read.
  private mutating func checkSeals(
    _ store: Store,
    _ chained: [Int: [Int64: Seal]]
  ) throws(StoreError) -> [SealedLog] {
    let streams = try store.streams()
    let met = try MetBreaches(store, streams)
    let (open, taken) = (try store.unsealedStreams(), try store.takenPieces())
    var anchored = try Anchor.pieces(in: store)
    var logs: [SealedLog] = []
    for stream in streams {
      var log = SealedLog(
        stream: stream,
        seals: try store.seals(of: stream.id),
        taken: taken[stream.id]?.seal,
        anchored: anchored.removeValue(forKey: stream.id) ?? [],
        breach: met[stream.id],
        successor: met.successor(of: stream.id),
        isOpen: open.contains(stream.id)
      )
      var kept = chained[stream.id] ?? [:]
      for seal in log.seals where kept.removeValue(forKey: seal.start) != seal {
        breaches.append(
          "log \(stream.id), byte \(seal.start): its seal is not the one in the chain"
        )
      }
      for start in kept.keys.sorted() {
        breaches.append("log \(stream.id), byte \(start): its seal is gone from the store")
      }
      if let piece = log.taken { log.seals.append(piece) }
      checkAnchored(&log)
      logs.append(log)
    }
    for piece in anchored.sorted(by: { $0.key < $1.key }).compactMap(\.value.last) {
      breaches.append("\(Self.name(piece)): the store does not know the log any more")
    }
    return logs
  }

  /// Leaves in `anchored` what is to be read: what is no seal as it stands, but the beginning of one.
  private mutating func checkAnchored(_ log: inout SealedLog) {
    log.anchored.removeAll { piece in
      let seal = log.seals.first { $0.start == piece.seal.start }
      if let seal, seal.length > piece.seal.length { return false }
      if seal?.length != piece.seal.length || seal?.digest != piece.seal.digest {
        breaches.append("\(Self.name(piece)): not what is sealed there")
      }
      return true
    }
  }

  private static func name(_ piece: Anchor.Piece) -> String {
    let last = piece.seal.start + piece.seal.length - 1
    return
      "\(piece.path): bytes \(piece.seal.start) to \(last), as the anchor of \(piece.time) names them"
  }

  private mutating func check(_ log: SealedLog) {
    let stream = log.stream
    if let breach = log.breach, !log.seals.isEmpty {
      tell(breach, stream, log.seals, log.successor)
    } else {
      check(stream, log.seals, log.anchored)
    }
    if let piece = log.taken {
      unchained.append(
        "\(stream.path): \(NumberText.counted(piece.length, "byte")) sealed by a watch,"
          + " in the chain with its next night"
      )
    }
    let left = stream.consumed - (log.seals.last.map { $0.start + $0.length } ?? 0)
    if log.isOpen, left > 0 {
      unsealed.append(
        "\(stream.path): \(NumberText.counted(left, "byte")) taken by a watch and not sealed yet"
      )
    }
  }

  // MARK: Chains

  /// What does not match in the chains themselves; no log is read.
  static func brokenChains(_ store: Store) throws(StoreError) -> [String] {
    var check = Self()
    _ = try check.checkAllChains(store, checksParts: false)
    return check.breaches
  }

  /// What does not match in the store: its chains, its tables; no log is read.
  public static func ofStore(_ store: Store) throws(StoreError) -> [String] {
    var check = Self()
    _ = try check.checkAllChains(store)
    return check.breaches
  }

  /// Tables that are not what this program wrote, now and as nights have met it.
  private mutating func checkParts(_ store: Store) throws(StoreError) {
    for met in try store.partAlterations() {
      breaches.append(
        "table \(met.table): \(StoreWords.english(met.kind, met.words)); met after night \(met.night), \(met.time)"
      )
    }
    for breach in try store.partBreaches() {
      breaches.append("table \(breach.table): \(StoreWords.english(breach.kind, breach.words))")
    }
  }

  private init() {}

  private mutating func checkAllChains(
    _ store: Store,
    checksParts: Bool = true
  ) throws(StoreError) -> [Int: [Int64: Seal]] {
    let sealed = try checkChains(store)
    if checksParts { try checkParts(store) }
    breaches += try store.declaredRules().breaches
    breaches += try Anchor.breaches(in: store)
    anchors = try Anchor.all(in: store)
    return sealed
  }

  /// Chains whose links name the heads of all others.
  private static let binding: Set<String> = [StoreAccess.source, Store.partSource]

  /// The pieces that the chains tell of, by log and first byte.
  private mutating func checkChains(
    _ store: Store
  ) throws(StoreError) -> [Int: [Int64: Seal]] {
    var last: [String: ChainLink] = [:]
    var sealed: [Int: [Int64: Seal]] = [:]
    // Told once: what is gone is missing from all later ones too.
    var isBound = true
    var tail = ChainTail()
    let kept = try store.chainTail()
    let isKept = kept != nil
    for link in try store.chain() {
      tail = tail.followed(by: link.head)
      if !link.follows(last[link.source]?.head ?? ChainLink.start) {
        breaches.append("chain of \(link.source): broken at night \(link.night)")
      }
      if !link.isNamedAsWritten {
        breaches.append(
          "chain of \(link.source): a link of night \(link.night) is by its text of"
            + " \(link.text(of: "source") ?? "no chain"), night \(link.text(of: "night") ?? "-")"
        )
      }
      if isBound, Self.binding.contains(link.source), let kept = link.text(of: "heads") {
        let heads = Store.digest(ofHeads: last.mapValues(\.head), but: link.source)
        isBound = kept == ChainLink.hex(heads)
        if !isBound {
          breaches.append(
            "chain of \(link.source), \(link.time): a link of another chain that stood before it is gone or"
              + " another"
          )
        }
      }
      last[link.source] = link
      passed.insert(ChainLink.hex(link.head))
      guard link.has("piece") else { continue }
      for line in link.lines where line.hasPrefix("piece ") {
        let words = line.split(separator: " ", maxSplits: 5)
        guard words.count == 6, let stream = Int(words[1]), let start = Int64(words[2]),
          let length = Int64(words[3])
        else {
          breaches.append("chain of \(link.source), night \(link.night): a line is damaged")
          continue
        }
        sealed[stream, default: [:]][start] = Seal(
          stream: stream,
          start: start,
          length: length,
          night: link.night,
          digest: Self.bytes(words[4])
        )
      }
    }
    // Told once: what is missing between links breaks the chains as well.
    if breaches.isEmpty, tail.links > 0 || isKept, tail != kept ?? ChainTail() {
      breaches.append(
        "the chains: \(NumberText.counted(tail.links, "link")), and not those that were written"
          + " (\(kept?.links ?? 0))"
      )
    }
    heads = last.keys.sorted().compactMap { source in
      last[source].map { Head(source: source, night: $0.night, head: ChainLink.hex($0.head)) }
    }
    return sealed
  }

  static func bytes(_ hex: Substring) -> [UInt8] {
    let digits = Array(hex.utf8)
    return stride(from: 0, to: digits.count - digits.count % 2, by: 2).map { index in
      UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16) ?? 0
    }
  }

  // MARK: Logs

  private mutating func check(
    _ stream: StoredStream,
    _ seals: [Seal],
    _ anchored: [Anchor.Piece]
  ) {
    guard !seals.isEmpty else { return }
    let place = Self.place(of: stream)
    guard place != nil, stream.missingSince == nil || isThere(stream, seals), let path = place
    else {
      let since = stream.missingSince.map { " since night \($0)" } ?? ", moved since the last night"
      let other = FileStatus(path: stream.path) == nil ? "" : " (other bytes lie there now)"
      gone.append("\(stream.path): gone\(since)\(other); \(Self.extent(of: seals))")
      return
    }
    compare(seals, with: path)
    guard !anchored.isEmpty else { return }
    let input = try? LogBytes(path: path)
    for piece in anchored {
      let digest = try? input?.sha256(from: piece.seal.start, count: piece.seal.length)
      if digest != piece.seal.digest { breaches.append("\(Self.name(piece)): not what lies there") }
    }
  }

  /// Whether a log that nights do not read any more lies at its path as it was.
  private func isThere(_ stream: StoredStream, _ seals: [Seal]) -> Bool {
    guard let input = try? LogBytes(path: stream.path) else { return false }
    return seals.allSatisfy { seal in
      (try? input.sha256(from: seal.start, count: seal.length)) == seal.digest
    }
  }

  private static func extent(of seals: [Seal]) -> String {
    let sum = seals.reduce(0) { $0 + $1.length }
    return "\(NumberText.counted(Int64(seals.count), "piece")) of \(sum) bytes"
  }

  /// Of a log that a night has met altered: that stays said, whatever lies there today.
  private mutating func tell(
    _ breach: MetBreaches.Breach,
    _ stream: StoredStream,
    _ seals: [Seal],
    _ successor: StoredStream?
  ) {
    let words = breach.kind == .cut ? "cut short" : "not what was sealed"
    let told = "\(breach.path): \(words), as night \(breach.night) met; \(Self.extent(of: seals))"
    if let decision = breach.decision {
      settled.append("\(told); incident \(breach.incident) decided \(decision)")
      return
    }
    breaches.append("\(told); incident \(breach.incident)")
    // What came of it tells which pieces; where that is gone too, all that is known is said.
    guard let successor, successor.missingSince == nil, let path = Self.place(of: successor) else {
      return
    }
    compare(seals, with: path)
  }

  private mutating func compare(_ seals: [Seal], with path: String) {
    let input = try? LogBytes(path: path)
    for seal in seals {
      let digest = try? input?.sha256(from: seal.start, count: seal.length)
      let by = seal.night == 0 ? "by a watch" : "on night \(seal.night)"
      let range = "bytes \(seal.start) to \(seal.start + seal.length - 1), sealed \(by)"
      switch digest {
      case seal.digest:
        pieces += 1
        bytes += seal.length
      case nil: breaches.append("\(path): \(range), are missing")
      default: breaches.append("\(path): \(range), are not what they were")
      }
    }
  }

  /// Where the log lies: where it lay last night, or under another name in the same folder.
  static func place(of stream: StoredStream) -> String? {
    func isIt(_ path: String) -> Bool {
      guard let status = FileStatus(path: path) else { return false }
      return status.device == stream.device && status.inode == stream.inode
    }
    if isIt(stream.path) { return stream.path }
    // Of a log that is gone the place may have been given to another.
    if stream.missingSince != nil {
      return FileStatus(path: stream.path) == nil ? nil : stream.path
    }
    let folder = stream.path.lastIndex(of: "/").map { String(stream.path[..<$0]) } ?? "."
    for file in InputDiscovery.files(at: [folder]).files where isIt(file.path) { return file.path }
    // Put back from a copy, it is another file with the same bytes.
    return FileStatus(path: stream.path) == nil ? nil : stream.path
  }
}
