/// How many account-days fell into each of 128 steps of a scale.
struct PeerHistogram: Sendable, Equatable {
  static let steps = 128

  private(set) var count: UInt64 = 0
  /// Empty until something is added.
  private var steps: [UInt32] = []

  mutating func add(_ place: Int) {
    if steps.isEmpty { steps = Array(repeating: 0, count: Self.steps) }
    steps[min(max(0, place), Self.steps - 1)] &+= 1
    count &+= 1
  }

  mutating func merge(_ other: PeerHistogram) {
    guard !other.steps.isEmpty else { return }
    if steps.isEmpty { steps = Array(repeating: 0, count: Self.steps) }
    for place in steps.indices { steps[place] &+= other.steps[place] }
    count &+= other.count
  }

  /// The median and three times its (scaled) absolute deviation, in the values of the steps.
  func upper(_ value: (Int) -> Int64) -> Int64 {
    let held = steps.indices.filter { steps[$0] > 0 }.map { (value($0), UInt64(steps[$0])) }
    let median = Self.median(held)
    let deviation = Self.median(
      held.map { (abs($0.0 - median), $0.1) }.sorted { $0.0 < $1.0 }
    )
    // 1.4826 makes the deviation that of a normal distribution.
    return median + deviation * 44_478 / 10_000
  }

  /// The value that so many of a thousand do not exceed.
  func most(_ permille: UInt64, _ value: (Int) -> Int64) -> Int64 {
    let whole = steps.reduce(0) { $0 + UInt64($1) }
    var sum: UInt64 = 0
    for place in steps.indices where steps[place] > 0 {
      sum += UInt64(steps[place])
      if sum * 1_000 >= whole * permille { return value(place) }
    }
    return 0
  }

  private static func median(_ weighted: [(value: Int64, weight: UInt64)]) -> Int64 {
    let whole = weighted.reduce(0) { $0 + $1.weight }
    var sum: UInt64 = 0
    for (value, weight) in weighted {
      sum += weight
      if sum * 2 >= whole { return value }
    }
    return 0
  }

  func write(to writer: inout StateWriter) {
    let held = steps.indices.filter { steps[$0] > 0 }
    writer.write(UInt64(held.count))
    for place in held {
      writer.write(UInt64(place))
      writer.write(UInt64(steps[place]))
    }
  }

  init() {}

  init(from reader: inout StateReader) throws(StateError) {
    for _ in 0..<(try reader.count()) {
      let place = try reader.unsigned()
      guard place < UInt64(Self.steps) else { throw StateError(offset: 0) }
      if steps.isEmpty { steps = Array(repeating: 0, count: Self.steps) }
      let number = UInt32(truncatingIfNeeded: try reader.unsigned())
      steps[Int(place)] = number
      count &+= UInt64(number)
    }
  }
}

/// The scales of the histograms.
enum PeerScale {
  /// Eight steps a doubling: 1 … 65,535 look-ups within 9 %.
  static func place(ofViews views: Int32) -> Int {
    let number = UInt32(max(1, views))
    let octave = 31 - number.leadingZeroBitCount
    let part = octave >= 3 ? number >> UInt32(octave - 3) : number << UInt32(3 - octave)
    return octave * 8 + Int(part & 7)
  }

  /// The lower end of a step.
  static func views(at place: Int) -> Int64 { (Int64(8 + place % 8) << Int64(place / 8)) / 8 }

  /// Four steps a doubling, 0 a step of its own.
  static func place(ofRecords records: Int64) -> Int {
    guard records > 0 else { return 0 }
    let octave = 63 - records.leadingZeroBitCount
    let part = octave >= 2 ? records >> Int64(octave - 2) : records << Int64(2 - octave)
    return 1 + octave * 4 + Int(part & 3)
  }

  /// The lower end of a step.
  static func records(at place: Int) -> Int64 {
    place == 0 ? 0 : (Int64(4 + (place - 1) % 4) << Int64(min((place - 1) / 4, 40))) / 4
  }

  /// Steps of 5 per mille.
  static func place(ofAlone alone: Int32, to accompanied: Int32) -> Int {
    Int(alone) * 200 / Int(max(1, accompanied))
  }

  static func alonePermille(at place: Int) -> Int64 { Int64(place) * 5 + 2 }
}
