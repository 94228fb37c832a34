internal import EventModel

/// A finding while it grows: numbers and places only, words come at the end.
struct FindingState: Sendable {
  struct Place: Sendable, Hashable, BitwiseCopyable {
    var charge: Int64
    var time: Int64
    var digest: UInt64
    var offset: Int64
    var line: UInt32
    var length: UInt32
    var file: UInt32

    func isSameLine(as other: Self) -> Bool {
      time == other.time && digest == other.digest && offset == other.offset && line == other.line
        && file == other.file
    }
  }

  static let evidenceLimit = 8

  /// The first hit of a finding that grew.
  struct Raised: Sendable {
    var window: String
    var limit: Int64
    var value: Volume
  }

  var detector: Int
  var kind: KeyKind
  var actor: ActorKey
  var key: UInt32
  var owner: UInt32
  var subkey: String
  var reason: AuthorisationMatch.Reason
  var window: String
  var unit: String
  var limit: Int64
  var value: Volume
  var severity: Severity
  /// What its hits rested on.
  var signs: Signs
  /// The highest `Hit.detail`, or the newest (`Hit.isDetailOfAll`).
  var detail: Int64
  /// Whether it is evidence within an incident, and none by itself.
  var isSignal: Bool
  /// First and last event within, time of the first hit, time of the highest value.
  var first: Int64
  var last: Int64
  var time: Int64
  var peak: Int64
  /// What passed a limit first, once something else is shown; `nil` at a peak later than `time`: not known.
  var raised: Raised?
  var events: Int64
  /// Highest charge and distinct owners of the four short windows while the finding grew; where days
  /// are counted, the highest charge of 30, 90, 365 days and a lifetime.
  var peaks: [Int64]
  /// The strongest first.
  var places: [Place]

  /// Takes another hit of the same suspicion: keeps the highest value, extends the time.
  mutating func grow(by hit: borrowing Hit, _ grade: Severity, row: EventRow) {
    last = max(last, row.time)
    events += 1
    severity = max(severity, grade)
    signs.formUnion(hit.signs)
    detail = hit.isDetailOfAll ? hit.detail : max(detail, hit.detail)
    // What is a finding by itself is shown before what is only a sign.
    let isWeaker = !isSignal && hit.isSignal
    let isSurer = reason.isUncertain && !hit.reason.isUncertain
    if isSurer { reason = hit.reason }
    let isGraver = isSurer || isSignal && !hit.isSignal
    isSignal = isSignal && hit.isSignal
    if isGraver || !isWeaker && exceeds(hit) {
      if raised == nil, peak == time { raised = Raised(window: window, limit: limit, value: value) }
      value = hit.value
      window = hit.window
      limit = hit.limit
      peak = row.time
    }
  }

  /// By how many times the limit the hit passes it, against the value held.
  private func exceeds(_ hit: borrowing Hit) -> Bool {
    if hit.value.isUnbounded || value.isUnbounded { return !value.isUnbounded }
    let left = Double(hit.value.high) / Double(max(1, hit.limit))
    let right = Double(value.high) / Double(max(1, limit))
    return left > right || (left == right && hit.value.high > value.high)
  }

  /// Keeps the highest of each counter.
  mutating func note(_ values: [Int64]) {
    guard peaks.count == values.count else {
      peaks = peaks.isEmpty ? values : zip(peaks, values).map { max($0, $1) }
      return
    }
    for index in values.indices where values[index] > peaks[index] { peaks[index] = values[index] }
  }

  /// Keeps the lines with the largest volume; ties by time and digest, so that the choice does not
  /// depend on where the lines stand; whether this one is among them.
  ///
  /// A line stands once, with the largest volume it was noted with.
  mutating func note(_ place: Place) -> Bool {
    if let held = places.firstIndex(where: { $0.isSameLine(as: place) }) {
      guard place.charge > places[held].charge else { return false }
      places.remove(at: held)
    }
    if places.count == Self.evidenceLimit, let last = places.last {
      guard Self.isStronger(place, last) else { return false }
      places.removeLast()
    }
    let index = places.firstIndex { Self.isStronger(place, $0) } ?? places.count
    places.insert(place, at: index)
    return true
  }

  static func isStronger(_ left: Place, _ right: Place) -> Bool {
    (right.charge, left.time, left.digest) < (left.charge, right.time, right.digest)
  }

  func write(to writer: inout StateWriter) {
    for number in [detector, Int(kind.rawValue), Int(key), Int(owner), Int(reason.rawValue)] {
      writer.write(number)
    }
    writer.write(UInt64(actor.kind.rawValue))
    writer.write(UInt64(actor.name))
    writer.write(UInt64(actor.terminal))
    for text in [subkey, window, unit] { writer.write(Array(text.utf8)) }
    writer.write(limit)
    value.write(to: &writer)
    writer.write(Int(severity.rawValue))
    writer.write(UInt64(signs.rawValue))
    writer.write(detail)
    writer.write(UInt64(isSignal ? 1 : 0))
    for number in [first, last, time, peak, events] { writer.write(number) }
    writer.write(UInt64(peaks.count))
    for number in peaks { writer.write(number) }
    writer.write(UInt64(places.count))
    for place in places {
      writer.write(place.charge)
      writer.write(place.time)
      writer.write(place.digest)
      writer.write(place.offset)
      writer.write(UInt64(place.line))
      writer.write(UInt64(place.length))
      writer.write(UInt64(place.file))
    }
    writer.write(UInt64(raised == nil ? 0 : 1))
    guard let raised else { return }
    writer.write(Array(raised.window.utf8))
    writer.write(raised.limit)
    raised.value.write(to: &writer)
  }
}

extension FindingState {
  init(from reader: inout StateReader) throws(StateError) {
    detector = try reader.detector()
    kind = KeyKind(rawValue: UInt8(truncatingIfNeeded: try reader.int())) ?? .account
    key = UInt32(truncatingIfNeeded: try reader.int())
    owner = reader.present(UInt32(truncatingIfNeeded: try reader.int()))
    reason =
      AuthorisationMatch.Reason(rawValue: UInt8(truncatingIfNeeded: try reader.int()))
      ?? .noInstruction
    actor = ActorKey(
      kind: ActorKey.Kind(rawValue: UInt8(truncatingIfNeeded: try reader.unsigned())) ?? .account,
      name: UInt32(truncatingIfNeeded: try reader.unsigned()),
      terminal: UInt32(truncatingIfNeeded: try reader.unsigned())
    )
    subkey = String(decoding: try reader.name(), as: UTF8.self)
    window = String(decoding: try reader.name(), as: UTF8.self)
    unit = String(decoding: try reader.name(), as: UTF8.self)
    limit = try reader.signed()
    value = try Volume(from: &reader)
    severity = Severity(rawValue: UInt8(truncatingIfNeeded: try reader.int())) ?? .low
    signs = Signs(rawValue: UInt32(truncatingIfNeeded: try reader.unsigned()))
    detail = try reader.signed()
    isSignal = try reader.unsigned() == 1
    first = try reader.signed()
    last = try reader.signed()
    time = try reader.signed()
    peak = try reader.signed()
    events = try reader.signed()
    peaks = []
    places = []
    for _ in 0..<(try reader.count()) { peaks.append(try reader.signed()) }
    for _ in 0..<(try reader.count()) {
      places.append(
        Place(
          charge: try reader.signed(),
          time: try reader.signed(),
          digest: try reader.unsigned(),
          offset: try reader.signed(),
          line: UInt32(truncatingIfNeeded: try reader.unsigned()),
          length: UInt32(truncatingIfNeeded: try reader.unsigned()),
          file: UInt32(truncatingIfNeeded: try reader.unsigned())
        )
      )
    }
    places.sort(by: Self.isStronger)
    guard reader.version >= 5, try reader.unsigned() == 1 else { return }
    raised = Raised(
      window: String(decoding: try reader.name(), as: UTF8.self),
      limit: try reader.signed(),
      value: try Volume(from: &reader)
    )
  }
}
