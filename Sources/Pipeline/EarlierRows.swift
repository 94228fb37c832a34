internal import Detection
internal import EventModel

/// What earlier nights have read and a new file may hold once more: time and text of the events within the lateness.
///
/// They go by in order beside the new ones, from the first of these on: nothing before it can stand there once more. Memory:
/// 112 bytes for each row of the runs that overlap where it stands, 24 for each event of one time.
struct EarlierRows: Sendable {
  struct Row: Sendable, Hashable, Comparable, BitwiseCopyable {
    var time: Int64
    var digest: UInt64
    var file: UInt32
    var source: UInt16

    init(time: Int64, digest: UInt64, file: UInt32, source: UInt16) {
      (self.time, self.digest, self.file, self.source) = (time, digest, file, source)
    }

    init(_ row: EventRow) {
      self.init(time: row.time, digest: row.digest, file: row.file, source: row.source)
    }

    static func < (left: Self, right: Self) -> Bool {
      if left.time != right.time { return left.time < right.time }
      if left.digest != right.digest { return left.digest < right.digest }
      return (left.source, left.file) < (right.source, right.file)
    }

    /// Whether they have one time and one text.
    func isLike(_ other: Self) -> Bool {
      time == other.time && digest == other.digest && source == other.source
    }
  }

  /// Those that wait to be judged; `nil`: none do.
  ///
  /// Names count for nothing but the order of rows alike.
  private var waiting: WaitingRows?
  private var cursor = WaitingCursor(after: .min)
  private var names = NameTable()
  /// Others, in order, from `next` on.
  private var rows: [Row] = []
  private var next = 0
  /// Events that no engine looks at are known from behind this time on.
  private var known = Int64.max
  /// Up to where they have gone by, but for those of that time that stand behind the last new one.
  private var position = Int64.min
  private var carried: [Row] = []

  init() {}

  /// `waiting`, `read`: rows that wait to be judged; `others`: those that no engine looks at, known from behind
  /// `known` on.
  init(
    waiting: WaitingRows,
    read: ArraySlice<EventRow>,
    others: [Row],
    knownFrom known: Int64
  ) {
    self.waiting = waiting.isEmpty ? nil : waiting
    rows = (read.map { Row($0) } + others.filter { $0.time > known }).sorted()
    self.known = known
  }

  /// Whether there are none, or all have gone by.
  var isEmpty: Bool {
    mutating get {
      next == rows.count && carried.isEmpty
        && waiting.map { cursor.nextTime(of: $0) == nil } ?? true
    }
  }

  /// Those with one time, text and source; asked in order of the rows, each once.
  mutating func like(_ row: Row) -> [Row] {
    if position < row.time { carried = [] }
    while let block = block(from: row.time, upTo: row.time) { carried += block }
    return carried.filter { $0.isLike(row) }.sorted()
  }

  /// Gives the next rows in order, with what was read earlier among them; of one text the files take turns.
  mutating func join(_ fresh: [EventRow], _ body: ([Row]) -> Void) {
    guard let first = fresh.first, let last = fresh.last.map({ Row($0) }) else { return }
    let known = known
    let new = fresh.filter { $0.time > known || DetectionEngine.looksAt($0) }.map { Row($0) }
    var rest = new[...]
    // What was carried is of the time that the rows before ended with.
    var earlier = carried
    carried = []
    while true {
      let block = block(from: first.time, upTo: last.time)
      let end = block == nil ? last.time : position
      earlier += block ?? []
      if end == last.time {
        carried += earlier.filter { $0.time == end && !($0 < last || $0.isLike(last)) }
        earlier.removeAll { $0.time == end && !($0 < last || $0.isLike(last)) }
      }
      let part = rest.prefix { $0.time <= end }
      rest = rest.dropFirst(part.count)
      if !part.isEmpty || !earlier.isEmpty { body(Self.inTurns(earlier + part)) }
      earlier = []
      if block == nil { return }
    }
  }

  /// The next ones between two times, in any order; those before are let go by.
  private mutating func block(from first: Int64, upTo last: Int64) -> [Row]? {
    let before = first == .min ? first : first - 1
    if position < before {
      position = before
      while next < rows.count, rows[next].time < first { next += 1 }
      if cursor.position < position { cursor = WaitingCursor(after: position) }
    }
    guard position < last else { return nil }
    var found: [Row] = []
    if let waiting, let block = cursor.next(upTo: last, of: waiting, &names) {
      found = block.map { Row($0) }
      position = cursor.position
    } else {
      position = last
    }
    while next < rows.count, rows[next].time <= position {
      found.append(rows[next])
      next += 1
    }
    return found
  }

  private static func inTurns(_ rows: [Row]) -> [Row] {
    var turns: [UInt32: Int] = [:]
    var before: Row?
    let ordered = rows.sorted().map { row in
      if let before, !before.isLike(row) { turns.removeAll(keepingCapacity: true) }
      before = row
      turns[row.file, default: 0] += 1
      return (row: row, turn: turns[row.file] ?? 1)
    }
    return ordered.sorted { left, right in
      left.row.isLike(right.row)
        ? (left.turn, left.row.file) < (right.turn, right.row.file) : left.row < right.row
    }.map(\.row)
  }
}

/// Events that no engine looks at, so far as a new file may hold them once more.
///
/// Memory, and in the store: the newest 524,288, under 10 MB; where there are more, older ones are not compared.
struct OtherEvents: Sendable {
  static let valueName = "seen"
  static let most = 1 << 19
  private static let version: UInt64 = 1

  private(set) var rows: [EarlierRows.Row] = []
  /// All later than this are there.
  private(set) var known: Int64

  /// Of a store that kept none until now; `newest`: what its nights have read up to.
  init(after newest: Int64?) { known = newest ?? .min }

  mutating func add(_ fresh: some Sequence<EventRow>) {
    rows += fresh.lazy.filter { !DetectionEngine.looksAt($0) }.map { EarlierRows.Row($0) }
    if rows.count > Self.most * 2 { settle(.min) }
  }

  /// Forgets what is not later than a time, and the oldest of too many.
  mutating func settle(_ bound: Int64) {
    rows.removeAll { $0.time <= bound }
    known = max(known, bound)
    guard rows.count > Self.most else { return }
    rows.sort()
    known = max(known, rows[rows.count - Self.most - 1].time)
    rows.removeFirst(rows.count - Self.most)
  }

  func bytes(sources: [String]) -> [UInt8] {
    var writer = StateWriter()
    writer.write(Self.version)
    writer.write(known)
    let used = Set(rows.map(\.source)).sorted().filter { Int($0) < sources.count }
    writer.write(UInt64(used.count))
    for source in used {
      writer.write(UInt64(source))
      writer.write(Array(sources[Int(source)].utf8))
    }
    writer.write(UInt64(rows.count))
    var time: Int64 = 0
    for row in rows.sorted() {
      writer.write(row.time &- time)
      time = row.time
      writer.write(row.digest)
      writer.write(UInt64(row.file))
      writer.write(UInt64(row.source))
    }
    return writer.bytes
  }

  /// Those of a source that is none any more are left out.
  init(_ bytes: [UInt8], sources: [String]) throws(StateError) {
    var reader = StateReader(bytes)
    guard try reader.unsigned() == Self.version else { throw StateError(offset: 0) }
    known = try reader.signed()
    var places: [UInt64: UInt16] = [:]
    for _ in 0..<(try reader.count()) {
      let number = try reader.unsigned()
      let name = String(decoding: try reader.name(), as: UTF8.self)
      if let place = sources.firstIndex(of: name) { places[number] = UInt16(clamping: place) }
    }
    var time: Int64 = 0
    for _ in 0..<(try reader.count()) {
      time &+= try reader.signed()
      let digest = try reader.unsigned()
      let file = UInt32(clamping: try reader.unsigned())
      guard let source = places[try reader.unsigned()] else { continue }
      rows.append(EarlierRows.Row(time: time, digest: digest, file: file, source: source))
    }
    guard reader.isAtEnd else { throw StateError(offset: bytes.count) }
  }
}
