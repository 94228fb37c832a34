/// Runs of one session beside its latest, each as what it differs by from the one before: some ten
/// bytes a run instead of 56, since of a source with gaps everywhere there are as many as lines.
struct PackedRuns: Sendable {
  private var bytes: [UInt8] = []
  /// What the next is told by.
  private var last: SerialRuns.Run
  private let session: UInt64
  private(set) var count = 0
  /// Whether they stand in order and none goes on with another: then there is nothing to gather.
  private(set) var isInOrder = true
  /// How many may come out of order before they are put together.
  private(set) var most = 64

  init(session: UInt64) {
    self.session = session
    last = Self.origin(session)
  }

  /// Of runs put together.
  init(session: UInt64, _ runs: ArraySlice<SerialRuns.Run>) {
    self.init(session: session)
    for run in runs { append(run) }
    most = max(64, 2 * count)
  }

  /// In the order in which they came.
  var runs: [SerialRuns.Run] {
    var result: [SerialRuns.Run] = []
    result.reserveCapacity(count + 1)
    var run = Self.origin(session)
    var index = 0
    while index < bytes.count {
      let head = bytes[index]
      index += 1
      run.counter = SerialRuns.Counter(rawValue: head & 7) ?? .passing
      run.firstNumber = run.lastNumber &+ signed(&index)
      run.firstTime = run.lastTime &+ signed(&index)
      (run.lastNumber, run.lastTime) = (run.firstNumber, run.firstTime)
      if head & Self.isLong != 0 {
        run.lastNumber &+= signed(&index)
        run.lastTime &+= signed(&index)
      }
      if head & Self.hasNames != 0 {
        run.firstAccount = name(&index)
        run.lastAccount = name(&index)
        run.terminal = name(&index)
      }
      result.append(run)
    }
    return result
  }

  mutating func append(_ run: SerialRuns.Run) {
    if isInOrder, count > 0 {
      var last = last
      isInOrder = Self.precedes(last, run) && !last.extend(by: run)
    }
    let isLong = run.firstNumber != run.lastNumber || run.firstTime != run.lastTime
    let hasNames =
      run.firstAccount != last.firstAccount || run.lastAccount != last.lastAccount
      || run.terminal != last.terminal
    bytes.append(
      run.counter.rawValue | (isLong ? Self.isLong : 0) | (hasNames ? Self.hasNames : 0)
    )
    append(run.firstNumber &- last.lastNumber)
    append(run.firstTime &- last.lastTime)
    if isLong {
      append(run.lastNumber &- run.firstNumber)
      append(run.lastTime &- run.firstTime)
    }
    if hasNames {
      for name in [run.firstAccount, run.lastAccount, run.terminal] {
        append(UInt64(name.rawValue))
      }
    }
    last = run
    count += 1
  }

  /// The order in which runs are put together: by number, where numbers recur by time.
  static func precedes(_ left: SerialRuns.Run, _ right: SerialRuns.Run) -> Bool {
    if left.counter != right.counter { return left.counter.rawValue < right.counter.rawValue }
    if left.counter.recurs {
      return (left.firstTime, left.firstNumber, left.lastNumber, left.lastTime)
        < (right.firstTime, right.firstNumber, right.lastNumber, right.lastTime)
    }
    return (left.firstNumber, left.firstTime, left.lastNumber, left.lastTime)
      < (right.firstNumber, right.firstTime, right.lastNumber, right.lastTime)
  }

  // MARK: Bytes

  private static let isLong: UInt8 = 8
  private static let hasNames: UInt8 = 16

  private static func origin(_ session: UInt64) -> SerialRuns.Run {
    SerialRuns.Run(
      session: session,
      firstNumber: 0,
      lastNumber: 0,
      firstTime: 0,
      lastTime: 0,
      firstAccount: .none,
      lastAccount: .none,
      terminal: .none,
      counter: .strays
    )
  }

  /// Seven bits a byte; the sign in the lowest.
  private mutating func append(_ number: Int64) {
    append(UInt64(bitPattern: number << 1 ^ number >> 63))
  }

  private mutating func append(_ number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  private func unsigned(_ index: inout Int) -> UInt64 {
    var (number, shift): (UInt64, UInt64) = (0, 0)
    while true {
      let byte = bytes[index]
      index += 1
      number |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return number }
      shift += 7
    }
  }

  private func signed(_ index: inout Int) -> Int64 {
    let number = unsigned(&index)
    return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
  }

  private func name(_ index: inout Int) -> NameID {
    NameID(rawValue: UInt32(truncatingIfNeeded: unsigned(&index)))
  }
}
