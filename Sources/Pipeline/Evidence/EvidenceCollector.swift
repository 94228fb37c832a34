public import EventModel
internal import Ingest
public import Storage

/// Reads the lines that findings point to again, byte by byte as they were hashed.
///
/// A line whose bytes are not those that were hashed is named and not handed on. Cost: every log is read up to
/// its last line wanted; one line is in memory at a time beside those collected.
public struct EvidenceCollector: Sendable {
  /// In order of log and place.
  public private(set) var lines: [EvidenceLine] = []
  /// Bytes of the lines that are as they were hashed, and the texts of links of the chains, by their
  /// name in the folder.
  public private(set) var files: [String: [UInt8]] = [:]
  /// Longest line; records are 1 MiB at most.
  private static let longest: Int64 = 4 << 20

  /// The lines of findings of a scan; `notes`: its files.
  public init(_ findings: [Finding], notes: [FileNote]) {
    // Parts of a log that were cut within a record go on in each other.
    var rest: [String: [String]] = [:]
    for note in notes where !note.goesOnIn.isEmpty {
      let parts = [note.path] + note.goesOnIn
      for index in parts.indices { rest[parts[index]] = Array(parts[(index + 1)...]) }
    }
    lines = Self.gathered(
      findings.flatMap { finding in
        finding.evidence.map { (finding.id, $0) }
      }
    )
    read { rest[$0] ?? [] }
  }

  /// The lines of a finding or an incident as the store remembers them, with their seals.
  public init(_ found: StoredEvidence, in store: Store) throws(StoreError) {
    lines = Self.gathered(
      found.lines.map { line in
        var (evidence, time) = (line.evidence, line.time)
        evidence.time = time.withUTF8 { TimeText.parse($0) } ?? evidence.time
        return (line.finding, evidence)
      }
    )
    let streams = try store.streams()
    let met = try MetBreaches(store, streams)
    let chain = try store.chain()
    var gone: Set<Int> = []
    for index in lines.indices {
      let wanted = lines[index].evidence
      let logs = try store.logs(of: wanted).compactMap { id in streams.first { $0.id == id } }
      // Two logs with the same line at the same place: the bytes are the same.
      let named = streams.filter { $0.path == wanted.file }
      guard
        let stream = logs.first(where: { $0.path == wanted.file }) ?? logs.first ?? named.first
      else { continue }
      lines[index].log = stream.id
      // What lies at its path may be another log: that its lines are not there does not alter them.
      if stream.missingSince != nil, met[stream.id] == nil { gone.insert(index) }
      lines[index].path = Verification.place(of: stream) ?? stream.path
      lines[index].seal = try seal(of: stream, wanted, chain, store)
    }
    read { _ in [] }
    for index in gone where lines[index].state == .altered { lines[index].state = .gone }
  }

  /// Lines that are not handed on.
  public var missing: Int { lines.count { $0.name == nil } }

  private static func gathered(_ items: [(finding: String, evidence: Evidence)]) -> [EvidenceLine] {
    struct Key: Hashable {
      var file: String
      var offset: Int64
      var length: Int64
    }
    var found: [Key: EvidenceLine] = [:]
    for (finding, evidence) in items {
      let key = Key(file: evidence.file, offset: evidence.offset, length: evidence.length)
      var line =
        found[key] ?? EvidenceLine(evidence, findings: [], path: evidence.file)
      if !line.findings.contains(finding) { line.findings.append(finding) }
      found[key] = line
    }
    return found.values.map { line in
      var line = line
      line.findings.sort()
      return line
    }.sorted {
      ($0.evidence.file, $0.evidence.offset, $0.evidence.length)
        < ($1.evidence.file, $1.evidence.offset, $1.evidence.length)
    }
  }

  // MARK: Bytes

  private mutating func read(_ rest: (String) -> [String]) {
    var open: (path: String, bytes: LogBytes?)?
    // What was moved lies elsewhere than the order of names says: opened anew where it has to be.
    for index in lines.indices {
      let line = lines[index]
      let offset = line.evidence.offset
      guard let wanted = line.evidence.sha256 else {
        lines[index].state = .unhashed
        continue
      }
      if open?.path != line.path || open?.bytes.map({ $0.position > offset }) ?? true {
        open = (line.path, try? LogBytes(path: line.path))
      }
      guard (0...Self.longest).contains(line.evidence.length), let input = open?.bytes,
        var bytes = try? input.read(from: offset, count: Int(line.evidence.length))
      else { continue }
      for path in rest(line.path) where bytes.count < line.evidence.length {
        guard let next = try? LogBytes(path: path) else { break }
        bytes += (try? next.read(Int(line.evidence.length) - bytes.count)) ?? []
      }
      guard Int64(bytes.count) == line.evidence.length else { continue }
      guard SHA256(bytes[...])?.hex == wanted else {
        lines[index].state = .altered
        continue
      }
      let number = String(index + 1)
      let padding = String(repeating: "0", count: max(0, 5 - number.count))
      let name = "lines/\(padding)\(number)"
      lines[index].state = .same
      lines[index].name = name
      files[name] = bytes
    }
  }

  // MARK: Seals

  private mutating func seal(
    of stream: StoredStream,
    _ evidence: Evidence,
    _ chain: [ChainLink],
    _ store: Store
  ) throws(StoreError) -> EvidenceSeal? {
    let seals = try store.seals(of: stream.id)
    guard
      let seal = seals.last(where: { $0.start <= evidence.offset }),
      evidence.offset - seal.start <= seal.length - evidence.length
    else { return nil }
    let piece = "piece \(seal.stream) \(seal.start) \(seal.length) \(ChainLink.hex(seal.digest)) "
    guard
      let index = chain.lastIndex(where: { link in
        link.night == seal.night && link.lines.contains { $0.hasPrefix(piece) }
      })
    else { return nil }
    let name = "links/\(index + 1)"
    files[name] = chain[index].entry
    return EvidenceSeal(
      source: chain[index].source,
      night: seal.night,
      start: seal.start,
      length: seal.length,
      sha256: ChainLink.hex(seal.digest),
      head: ChainLink.hex(chain[index].head),
      name: name
    )
  }
}
