internal import EventModel
internal import Ingest

/// Finds files that hold nothing that another file of their source does not: copies, copies made
/// while the log was still growing, and parts of a file that was put together from them.
///
/// By their bytes, decompressed, never by name. Nobody can tell two acts that left the same line
/// from one that was written twice; so only whole files are left out, that have 512 bytes and two
/// different times at least: in parts of one log that would mean that its time went back.
///
/// ([decision 0016](../../docs/decisions/0016-a-copy-is-not-a-second-act.md).)
struct CopyFinder {
  /// Bytes by which files are held against each other.
  static let opening = 512

  private let plans: [Int: PlannedFile]
  /// Files that may be left out, by source and opening.
  private var groups: [Key: [Int]] = [:]
  /// What a file is a copy of.
  private var originals: [Int: Int] = [:]

  private struct Key: Hashable {
    var source: Int
    var opening: SHA256
  }

  /// For each file that holds nothing of its own, the file that holds it all.
  static func copies(in plans: [Int: PlannedFile]) -> [Int: Int] {
    var finder = Self(plans)
    finder.find()
    return finder.originals.mapValues { original in
      var last = original
      while let next = finder.originals[last] { last = next }
      return last
    }
  }

  private init(_ plans: [Int: PlannedFile]) {
    self.plans = plans
    for file in order(plans.keys) {
      guard let plan = plans[file], let opening = plan.opening, plan.start == nil else { continue }
      groups[Key(source: plan.source, opening: opening), default: []].append(file)
    }
  }

  /// By path: which of two equal files is kept.
  private func order(_ files: some Collection<Int>) -> [Int] {
    files.sorted { (plans[$0]?.path ?? "", $0) < (plans[$1]?.path ?? "", $1) }
  }

  private mutating func find() {
    var ends: [(file: Int, offset: Int64)] = []
    let alike = groups.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
    for group in alike {
      for file in group where originals[file] == nil {
        while true {
          let others = group.filter { $0 != file && originals[$0] == nil }
          guard let cursor = cursor(of: file), let copy = next(at: cursor, among: others) else {
            break
          }
          originals[copy] = file
          ends.append((file, cursor.position))
        }
      }
    }
    guard !ends.isEmpty else { return }
    // Of text that was converted the head does not tell the bytes.
    var byBytes: [Key: [Int]] = [:]
    for file in order(plans.keys) {
      guard let plan = plans[file], plan.opening != nil, plan.start == nil,
        let opening = cursor(of: file)?.opening
      else { continue }
      byBytes[Key(source: plan.source, opening: opening), default: []].append(file)
    }
    for (file, offset) in ends where originals[file] == nil {
      guard let source = plans[file]?.source, let cursor = cursor(of: file) else { continue }
      guard cursor.pass(to: offset) else { continue }
      while let opening = cursor.opening {
        let key = Key(source: source, opening: opening)
        let others = (byBytes[key] ?? []).filter { $0 != file && originals[$0] == nil }
        guard let copy = next(at: cursor, among: others) else { break }
        originals[copy] = file
      }
    }
  }

  private func cursor(of file: Int) -> ByteCursor? {
    plans[file].flatMap { ByteCursor(path: $0.path) }
  }

  /// The file all bytes of which come next, and passes over them.
  private func next(at cursor: ByteCursor, among files: [Int]) -> Int? {
    cursor.pass(oneOf: files.compactMap { file in self.cursor(of: file).map { (file, $0) } })
  }
}
