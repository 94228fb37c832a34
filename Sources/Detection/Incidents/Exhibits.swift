internal import EventModel

/// The lines of a key's unexplained bulk reads that may have to show a sum: the newest and the largest ever.
///
/// A limit is passed by the last of many reads; those before it are evidence as much. Which lines these are
/// depends on which reads there were, not on their order. Memory: 56 bytes a line, 24 lines at most.
struct Exhibits: Sendable {
  struct Exhibit: Sendable, Hashable, BitwiseCopyable {
    var place: FindingState.Place
    var owner: UInt32
    /// Who stands behind the key, as in `HorizonCounters.Entry`.
    var tag: UInt32
  }

  static let mostNewest = 16
  static let mostLargest = 8

  /// In order of time from `oldest` on, and round: before it has its full length `oldest` is the first.
  private var newest: [Exhibit] = []
  private var oldest = 0
  /// The largest of those that are not among the newest any more, the strongest first.
  private var older: [Exhibit] = []
  // The same, where a look into the lists is not needed: each would wait for memory. Not saved.
  private var latestTime = Int64.min
  private var latestDigest: UInt64 = 0
  /// What a line has to be charged with to be among the largest.
  private var least = Int64.min

  var isEmpty: Bool { newest.isEmpty }

  /// Asks memory for the place of the next line; `address` is where the value lies.
  @inline(__always)
  static func prefetch(at address: UnsafeRawPointer) {
    let lines = address + (MemoryLayout<Self>.offset(of: \.newest) ?? 0)
    let place = address + (MemoryLayout<Self>.offset(of: \.oldest) ?? 0)
    prefetchElement(place.load(as: Int.self), of: Exhibit.self, inArrayAt: lines)
    // What makes room there may be among the largest.
    let largest = elements(ofArrayAt: address + (MemoryLayout<Self>.offset(of: \.older) ?? 0))
    prefetchLine(largest - 16)
    prefetchLine(largest + (mostLargest - 1) &* MemoryLayout<Exhibit>.stride)
  }

  mutating func note(_ exhibit: Exhibit) {
    let (time, digest) = (exhibit.place.time, exhibit.place.digest)
    guard time > latestTime || time == latestTime && digest > latestDigest else {
      return insert(exhibit)
    }
    (latestTime, latestDigest) = (time, digest)
    guard newest.count == Self.mostNewest else { return newest.append(exhibit) }
    if newest[oldest].place.charge >= least { keep(newest[oldest]) }
    newest[oldest] = exhibit
    oldest = (oldest &+ 1) % Self.mostNewest
  }

  /// Takes a line that is not later than all others.
  private mutating func insert(_ exhibit: Exhibit) {
    var lines = inOrder
    let place = lines.lastIndex { Self.precedes($0, exhibit) }.map { $0 + 1 } ?? 0
    // The same line would stand behind all that precede it.
    if lines[place...].contains(where: { $0.place.isSameLine(as: exhibit.place) }) { return }
    lines.insert(exhibit, at: place)
    if lines.count > Self.mostNewest { keep(lines.removeFirst()) }
    (newest, oldest) = (lines, 0)
    summarise()
  }

  private mutating func summarise() {
    if let latest = inOrder.last {
      (latestTime, latestDigest) = (latest.place.time, latest.place.digest)
    }
    if older.count == Self.mostLargest, let last = older.last { least = last.place.charge }
  }

  private var inOrder: [Exhibit] { Array(newest[oldest...] + newest[..<oldest]) }

  private mutating func keep(_ exhibit: Exhibit) {
    let isFull = older.count == Self.mostLargest
    if isFull, !FindingState.isStronger(exhibit.place, older[older.count - 1].place) { return }
    if older.contains(where: { $0.place.isSameLine(as: exhibit.place) }) { return }
    if isFull { older.removeLast() }
    let place =
      older.firstIndex { FindingState.isStronger(exhibit.place, $0.place) } ?? older.count
    older.insert(exhibit, at: place)
    if older.count == Self.mostLargest { least = older[older.count - 1].place.charge }
  }

  private static func precedes(_ left: Exhibit, _ right: Exhibit) -> Bool {
    (left.place.time, left.place.digest) < (right.place.time, right.place.digest)
  }

  /// Which lines are asked for: from a time on, of one owner, of one who stands behind the key; `nil`: of all.
  struct Wanted {
    var first: Int64
    var owner: UInt32?
    var tag: UInt32?

    func holds(_ exhibit: Exhibit) -> Bool {
      exhibit.place.time >= first && (owner == nil || exhibit.owner == owner)
        && (tag == nil || exhibit.tag == tag)
    }
  }

  /// The newest and the largest of what is asked for.
  func lines(_ wanted: Wanted) -> [FindingState.Place] {
    var lines = inOrder
    // Of all the largest those that are not among the newest.
    for (rank, exhibit) in older.enumerated() {
      let stronger = newest.count { FindingState.isStronger($0.place, exhibit.place) }
      if rank + stronger < Self.mostLargest { lines.append(exhibit) }
    }
    return lines.filter(wanted.holds).map(\.place)
  }

  /// How many lines of what is asked for are kept, another one than this: of more than 24 in all at least so many.
  func count(_ wanted: Wanted, beside line: FindingState.Place) -> Int64 {
    let isOther = { (exhibit: Exhibit) in
      wanted.holds(exhibit) && !exhibit.place.isSameLine(as: line)
    }
    return Int64(newest.count(where: isOther) + older.count(where: isOther))
  }

  mutating func merge(_ other: Self) {
    for exhibit in other.inOrder { note(exhibit) }
    for exhibit in other.older { keep(exhibit) }
  }

  func write(to writer: inout StateWriter) {
    for list in [inOrder, older] {
      writer.write(UInt64(list.count))
      for exhibit in list {
        exhibit.place.write(to: &writer)
        writer.write(UInt64(exhibit.owner))
        writer.write(UInt64(exhibit.tag))
      }
    }
  }

  init() {}

  init(from reader: inout StateReader) throws(StateError) {
    newest = try Self.list(from: &reader)
    guard newest.count <= Self.mostNewest else { throw StateError(offset: 0) }
    // States of the same version may hold the largest of all, the newest among them.
    older = try Self.list(from: &reader).filter { exhibit in
      !newest.contains { $0.place.isSameLine(as: exhibit.place) }
    }
    summarise()
  }

  private static func list(from reader: inout StateReader) throws(StateError) -> [Exhibit] {
    var list: [Exhibit] = []
    for _ in 0..<(try reader.count()) {
      list.append(
        Exhibit(
          place: try FindingState.Place(from: &reader),
          owner: try reader.owner(),
          tag: UInt32(truncatingIfNeeded: try reader.unsigned())
        )
      )
    }
    return list
  }
}
