internal import EventModel

/// One download that two sources tell of: the application how many records, the access log how many
/// bytes.
///
/// A row of known count and one of bytes alone are one act when they come from different sources within
/// five seconds, of one account (or of one terminal where one of them names no account), not at two
/// terminals, not of two owners, and the bytes fit the count. The one with the count is booked. Each row
/// is joined at most once: two downloads that are each told twice stay two.
struct Act: Sendable, BitwiseCopyable {
  /// Place among the rows that wait.
  var place: Int
  var time: Int64
  var source: UInt16
  var isCounted: Bool
  var isJoined = false
  var account: NameID
  var terminal: NameID
  var owner: NameID
  var records: Int64
  var bytes: Int64

  static let span: Int64 = 5_000_000_000
  /// Fewer records are not looked at: single look-ups of two sources differ in too little.
  static let leastRecords: Int64 = 10
  static let most = 256
  /// Rows of one source after which no other is waited for until it shows itself.
  static let patience: Int32 = 4_096

  /// Whether the bytes may be those of the records.
  func fits(_ other: Act, _ bytesPerRecord: ClosedRange<Int64>?) -> Bool {
    let (counted, sized) = isCounted ? (self, other) : (other, self)
    guard counted.isCounted, !sized.isCounted, counted.source != sized.source else { return false }
    if counted.bytes >= 0 {
      return abs(counted.bytes - sized.bytes) <= max(1_024, counted.bytes / 20)
    }
    let range = bytesPerRecord ?? VolumeBounds.fewestBytesPerRecord...1_000
    // Headers, a title line and markup come on top.
    return sized.bytes / max(1, range.upperBound) <= counted.records
      && counted.records <= sized.bytes / max(1, range.lowerBound) + 1
  }
}

extension DetectionEngine {
  /// Whether one act can be told by two sources: where so many rows came from one, there is no other.
  @inline(__always)
  private var mayHaveSeveralSources: Bool { hasSeveralSources || earlyRows < Act.patience }

  /// Whether a row waits because another source may tell of the same act.
  @inline(__always)
  func mayBeToldTwice(
    _ isWhole: Bool,
    _ quality: VolumeQuality,
    records: Int64,
    bytes: Int64
  ) -> Bool {
    guard mayHaveSeveralSources, isWhole else { return false }
    return quality == .exact ? records >= Act.leastRecords : bytes >= PageWeights.least
  }

  func mayBeToldTwice(_ row: EventRow) -> Bool {
    guard row.operation.returnsRecords else { return false }
    return mayBeToldTwice(
      row.statement == 0,
      row.quality,
      records: row.recordsLow,
      bytes: row.bytes
    )
  }

  /// Joins the row that came to wait last with another source's of the same act.
  mutating func joinAct() {
    join(at: assembly.pending.count - 1)
  }

  /// What waited in a state that is restored.
  mutating func readmitActs() {
    guard mayHaveSeveralSources else { return }
    for place in assembly.head..<assembly.pending.count {
      var row = assembly.pending[place]
      if row.statement != 0 { continue }
      // What was silenced waits for its time as well: it is joined as it was before.
      if row.operation == .other { row.operation = .export }
      if mayBeToldTwice(row) { join(at: place) }
    }
  }

  private mutating func join(at place: Int) {
    let row = assembly.pending[place]
    let isCounted = row.quality == .exact
    guard isCounted || row.quality == .unknown else { return }
    let object = resolver.object(at: row.object, names: &names)
    let stated = row.owner != .none ? row.owner : resolver.objects[object].owner
    let owner = resolver.owner(at: stated, names: &names)
    let terminal = resolver.terminal(at: row.terminal, names: &names)
    var act = Act(
      place: place,
      time: row.time,
      source: row.source,
      isCounted: isCounted,
      account: row.account,
      terminal: resolver.terminals[terminal].name,
      owner: resolver.owners[owner].name,
      records: row.recordsLow,
      bytes: row.bytes
    )
    let bytesPerRecord =
      resolver.owners[owner].bytesPerRecord ?? resolver.objects[object].bytesPerRecord
    assembly.acts.removeAll { $0.time < act.time &- Act.span }
    // The oldest that fits: first told, first joined.
    for index in assembly.acts.indices where !assembly.acts[index].isJoined {
      let other = assembly.acts[index]
      guard isOneHand(act, other), act.fits(other, bytesPerRecord) else { continue }
      assembly.acts[index].isJoined = true
      act.isJoined = true
      if isCounted {
        assembly.silence(other.place, for: place)
      } else {
        assembly.silence(place, for: other.place)
      }
      break
    }
    if assembly.acts.count >= Act.most { assembly.acts.removeFirst() }
    assembly.acts.append(act)
  }

  private func isOneHand(_ one: Act, _ other: Act) -> Bool {
    if one.owner != .none, other.owner != .none, one.owner != other.owner { return false }
    let isTerminalStated = one.terminal != .none && other.terminal != .none
    if isTerminalStated, one.terminal != other.terminal { return false }
    if one.account != .none, other.account != .none { return one.account == other.account }
    return isTerminalStated
  }
}
