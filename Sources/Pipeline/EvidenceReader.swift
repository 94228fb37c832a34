internal import EventModel
internal import Glibc
internal import Ingest

/// Gives evidence path, member and SHA-256, for which it reads the lines again that were not hashed
/// while they were at hand.
///
/// A line whose bytes are no longer those that were judged keeps its place and loses its SHA-256.
/// Cost: one line at a time for plain files; a compressed file is read up to the last line wanted.
struct EvidenceReader: Sendable {
  private let plans: [Int: PlannedFile]
  private let kept: [UInt64: SHA256]
  private let digests: [LinePlace: SHA256]
  /// Where the parts begin of a file that is cut.
  private let seams: [Int: [FileReader.Seam]]
  private(set) var notes: [FileNote]
  /// What earlier runs found out.
  private let remembered: [LinePlace: SHA256]
  /// By file, of all but plain ones.
  private var found: [Int: [Place: SHA256]] = [:]

  private struct Place: Hashable {
    var offset: Int64
    var length: Int64
    var digest: UInt64
  }

  init(
    plans: [Int: PlannedFile],
    notes: [FileNote],
    kept: [UInt64: SHA256],
    digests: [LinePlace: SHA256],
    seams: [Int: [FileReader.Seam]],
    remembered: [LinePlace: SHA256] = [:]
  ) {
    self.remembered = remembered
    self.plans = plans
    self.notes = notes
    self.kept = kept
    self.digests = digests
    self.seams = seams
  }

  /// Finds what a file has to be read for as a whole, that is of all but plain ones.
  mutating func prepare(for incidents: IncidentList, chunkSize: Int) {
    guard plans.values.contains(where: { !Self.isPlain($0) }) else { return }
    var places: [Int: Set<Place>] = [:]
    for item in incidents.lazy.flatMap(\.findings).flatMap(\.evidence) {
      let file = Int(item.fileIndex)
      guard let plan = plans[file], !Self.isPlain(plan), remembered[Self.line(of: item)] == nil
      else { continue }
      places[file, default: []].insert(Self.place(of: item))
    }
    for (file, wanted) in places {
      guard let plan = plans[file] else { continue }
      let sorted = wanted.sorted { ($0.offset, $0.length) < ($1.offset, $1.length) }
      var result: [Place: SHA256] = [:]
      if plan.isReadOnce {
        for place in sorted { result[place] = kept[place.digest] }
      } else {
        // Of a record over several lines the bytes of the file are hashed, packed or not: what was at hand is its line.
        if plan.isDocuments { result = Self.readCompressed(plan, sorted, chunkSize, isRaw: true) }
        let open = sorted.filter { result[$0] == nil }
        result.merge(hashed(open, file: file)) { held, _ in held }
        let rest = open.filter { result[$0] == nil }
        if !rest.isEmpty {
          result.merge(Self.readCompressed(plan, rest, chunkSize)) { held, _ in held }
        }
      }
      notes[file].changedEvidence = Int64(sorted.count - result.count)
      found[file] = result
    }
  }

  private static func isPlain(_ plan: PlannedFile) -> Bool {
    !plan.isReadOnce && !plan.isCompressed
  }

  /// Completes the evidence of one incident.
  func complete(_ incident: inout Incident) {
    var places: [Int: Set<Place>] = [:]
    for item in incident.findings.lazy.flatMap(\.evidence)
    where remembered[Self.line(of: item)] == nil {
      places[Int(item.fileIndex), default: []].insert(Self.place(of: item))
    }
    var digests: [Int: [Place: SHA256]] = [:]
    for (file, wanted) in places {
      guard let plan = plans[file] else { continue }
      let sorted = wanted.sorted { ($0.offset, $0.length) < ($1.offset, $1.length) }
      digests[file] =
        Self.isPlain(plan) ? Self.readPlain(plan, sorted, seams[file] ?? []) : found[file]
    }
    for finding in incident.findings.indices {
      for item in incident.findings[finding].evidence.indices {
        var evidence = incident.findings[finding].evidence[item]
        let file = Int(evidence.fileIndex)
        guard notes.indices.contains(file) else { continue }
        let known = remembered[Self.line(of: evidence)]
        evidence.sha256 = (known ?? digests[file]?[Self.place(of: evidence)])?.hex
        let part = locate(&evidence)
        evidence.file = notes[part].path
        evidence.member = notes[part].compression
        incident.findings[finding].evidence[item] = evidence
      }
    }
  }

  /// What was hashed while the file was read.
  private func hashed(_ places: [Place], file: Int) -> [Place: SHA256] {
    var found: [Place: SHA256] = [:]
    for place in places {
      let line = LinePlace(
        file: UInt32(clamping: file),
        length: UInt32(clamping: place.length),
        offset: place.offset
      )
      if let digest = digests[line] { found[place] = digest }
    }
    return found
  }

  /// The note of the part in which a line begins; its offset and line become those in there.
  private func locate(_ evidence: inout Evidence) -> Int {
    let file = Int(evidence.fileIndex)
    let offset = evidence.offset
    guard let seams = seams[file], let plan = plans[file],
      let part = seams.lastIndex(where: { $0.offset <= offset }), part < plan.rest.count
    else { return file }
    evidence.offset -= seams[part].offset
    evidence.line -= Int64(seams[part].line - 1)
    return plan.rest[part].file
  }

  static func line(of item: Evidence) -> LinePlace {
    LinePlace(
      file: item.fileIndex,
      length: UInt32(clamping: item.length),
      offset: item.offset
    )
  }

  private static func place(of item: Evidence) -> Place {
    Place(offset: item.offset, length: item.length, digest: item.digest)
  }

  private static func readPlain(
    _ plan: PlannedFile,
    _ places: [Place],
    _ seams: [FileReader.Seam]
  ) -> [Place: SHA256] {
    let paths = [plan.place ?? plan.path] + plan.rest.map(\.path)
    let files = paths.map { path in
      PathText.withName(path) { open($0, O_RDONLY | O_CLOEXEC) }
    }
    defer { for file in files where file >= 0 { close(file) } }
    let starts = [0] + seams.map(\.offset)
    var result: [Place: SHA256] = [:]
    for place in places {
      guard place.length >= 0, place.length <= Int64(UInt32.max) else { continue }
      var bytes: [UInt8] = []
      while Int64(bytes.count) < place.length {
        let offset = place.offset + Int64(bytes.count)
        guard let part = starts.lastIndex(where: { $0 <= offset }), part < files.count,
          files[part] >= 0
        else { break }
        let end = part + 1 < starts.count ? starts[part + 1] : .max
        let wanted = min(place.length - Int64(bytes.count), end - offset)
        let more = read(Int(wanted), from: files[part], at: offset - starts[part])
        if more.isEmpty { break }
        bytes += more
      }
      if Int64(bytes.count) == place.length { result[place] = sha256(bytes, place, plan) }
    }
    return result
  }

  /// So many bytes of a file, or none.
  private static func read(_ count: Int, from file: Int32, at offset: Int64) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let isWhole = bytes.withUnsafeMutableBytes { buffer in
      var done = 0
      while done < buffer.count {
        let got = pread(
          file,
          buffer.baseAddress.map { $0 + done },
          buffer.count - done,
          off_t(offset) + off_t(done)
        )
        if got < 0, errno == EINTR { continue }
        if got <= 0 { return false }
        done += got
      }
      return true
    }
    return isWhole ? bytes : []
  }

  private static func readCompressed(
    _ plan: PlannedFile,
    _ places: [Place],
    _ chunkSize: Int,
    isRaw: Bool = false
  ) -> [Place: SHA256] {
    var result: [Place: SHA256] = [:]
    var next = 0
    /// Lines that began in the bytes read so far and may go on in the next chunk.
    var pending: [(place: Place, bytes: [UInt8])] = []
    do throws(ReadError) {
      // As UTF-8 nothing is transcoded: the bytes are the file's own.
      let reader = try ChunkReader(
        path: plan.place ?? plan.path,
        followedBy: plan.rest.map(\.path),
        chunkSize: chunkSize,
        encoding: .utf8
      )
      if isRaw { reader.readsDocuments = false }
      while next < places.count || !pending.isEmpty, let chunk = try reader.next() {
        let end = chunk.offset &+ Int64(chunk.count)
        while next < places.count, places[next].offset < end {
          pending.append((places[next], []))
          next += 1
        }
        for index in pending.indices {
          let place = pending[index].place
          let from = max(place.offset, chunk.offset)
          let to = min(place.offset &+ place.length, end)
          if from < to {
            pending[index].bytes += chunk.storage[Int(from - chunk.offset)..<Int(to - chunk.offset)]
          }
          if Int64(pending[index].bytes.count) == place.length {
            result[place] = sha256(pending[index].bytes, place, plan)
          }
        }
        pending.removeAll { Int64($0.bytes.count) == $0.place.length || $0.place.offset < 0 }
      }
    } catch {
      return result
    }
    return result
  }

  /// SHA-256 of a line, unless its bytes have changed.
  ///
  /// What was judged was UTF-8: the bytes of
  /// another encoding cannot be compared with it and are taken as they are.
  private static func sha256(_ bytes: [UInt8], _ place: Place, _ plan: PlannedFile) -> SHA256? {
    if plan.encoding ?? .utf8 == .utf8 {
      var batch = EventBatch()
      // The framer takes one line end off; the line may end in a CR of its own.
      var chunk = ByteChunk(bytes + [0x0D, 0x0A])
      chunk.recordStarts = [0]
      if plan.isDocuments { chunk = ByteChunk(JSONLine.of(bytes) + [0x0D, 0x0A]) }
      chunk.recordStarts = [0]
      var encodings = plan.encodings
      if let converted = encodings?.convert(chunk) { chunk = converted }
      RecordFramer.forEachRecord(in: chunk, into: &batch) { _, batch in
        batch.rows.append(EventRow(time: 0))
      }
      guard batch.rows.first?.digest == place.digest else { return nil }
    }
    return SHA256(bytes[...])
  }
}
