public import EventModel

/// Which storage devices were at which hosts, month by month.
///
/// The kernel tells of one device in several lines within seconds; they are one attachment. Memory: at most 8,192
/// uses and 1,024 attachments that may still get lines, about 1 MB; beyond that the use longest not seen goes, and its
/// attachments are counted as left out.
struct DeviceBook: Sendable {
  /// Uses kept, and attachments that wait for more lines.
  static let most = (uses: 1 << 13, open: 1 << 10)
  /// A device's lines come within seconds of each other.
  static let hold: Int64 = 60_000_000_000

  /// What one line says of a device.
  enum Part: Int, Sendable {
    case serial, model, other

    init(_ text: String) {
      self =
        text.hasPrefix("SerialNumber:") ? .serial : text.hasPrefix("idVendor=") ? .model : .other
    }
  }

  struct Key: Sendable, Hashable, Comparable {
    /// Months since year 0, by the engine's day.
    var month: Int32
    var terminal: UInt32
    /// Names of what its lines say; 0: nothing.
    ///
    /// `other` is kept where there is no serial number.
    var serial: UInt32 = 0
    var model: UInt32 = 0
    var other: UInt32 = 0

    static func < (left: Key, right: Key) -> Bool {
      (left.month, left.terminal, left.serial, left.model, left.other)
        < (right.month, right.terminal, right.serial, right.model, right.other)
    }
  }

  struct Use: Sendable, Hashable {
    var attachments: Int64 = 1
    var first: Int64
    var last: Int64
    var isStorage: Bool
  }

  /// An attachment whose lines may still come.
  struct Open: Sendable, Hashable {
    var key: Key
    var time: Int64
    var isStorage = false
  }

  private(set) var uses: [Key: Use] = [:]
  /// By terminal.
  private var open: [UInt32: Open] = [:]
  private(set) var leftOut: Int64 = 0

  /// Books a line; rows come in order of time.
  mutating func note(
    _ name: NameID,
    _ part: Part,
    at terminal: NameID,
    month: Int32,
    time: Int64
  ) {
    var current =
      open[terminal.rawValue]
      ?? Open(key: Key(month: month, terminal: terminal.rawValue), time: time)
    // Another serial number is another device, however soon it comes.
    let isOther = part == .serial && current.key.serial != 0 && current.key.serial != name.rawValue
    if time &- current.time >= Self.hold || isOther {
      close(current)
      current = Open(key: Key(month: month, terminal: terminal.rawValue), time: time)
    }
    switch part {
    case .serial: current.key.serial = name.rawValue
    case .model: current.key.model = name.rawValue
    case .other:
      // The port comes before the disk: the first name stays.
      if current.key.other == 0 { current.key.other = name.rawValue }
      current.isStorage = true
    }
    if open[terminal.rawValue] == nil, open.count >= Self.most.open { closeOldest() }
    open[terminal.rawValue] = current
  }

  private mutating func closeOldest() {
    guard
      let oldest = open.min(by: { ($0.value.time, $0.key) < ($1.value.time, $1.key) })
    else { return }
    close(oldest.value)
    open[oldest.key] = nil
  }

  private mutating func close(_ attachment: Open) {
    var key = attachment.key
    if key.serial != 0 { key.other = 0 }
    add(
      Use(first: attachment.time, last: attachment.time, isStorage: attachment.isStorage),
      as: key
    )
  }

  private mutating func add(_ use: Use, as key: Key) {
    if var known = uses[key] {
      known.attachments &+= use.attachments
      known.first = min(known.first, use.first)
      known.last = max(known.last, use.last)
      known.isStorage = known.isStorage || use.isStorage
      uses[key] = known
      return
    }
    if uses.count >= Self.most.uses,
      let oldest = uses.min(by: { ($0.value.last, $0.key) < ($1.value.last, $1.key) })
    {
      leftOut &+= oldest.value.attachments
      uses[oldest.key] = nil
    }
    uses[key] = use
  }

  /// All uses, those that may still get lines as well, in order of month, terminal and device.
  var all: [(key: Key, use: Use)] {
    var whole = self
    for (_, attachment) in open.sorted(by: { $0.key < $1.key }) { whole.close(attachment) }
    return whole.uses.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  mutating func merge(_ other: DeviceBook) {
    for (terminal, attachment) in other.open.sorted(by: { $0.key < $1.key }) {
      if let mine = open[terminal] { close(mine) }
      open[terminal] = attachment
    }
    for (key, use) in other.uses.sorted(by: { $0.key < $1.key }) { add(use, as: key) }
    leftOut &+= other.leftOut
  }

  // MARK: State

  func write(to writer: inout StateWriter) {
    writer.write(UInt64(uses.count))
    for (key, use) in uses.sorted(by: { $0.key < $1.key }) {
      key.write(to: &writer)
      for number in [use.attachments, use.first, use.last] { writer.write(number) }
      writer.write(UInt64(use.isStorage ? 1 : 0))
    }
    writer.write(UInt64(open.count))
    for (_, attachment) in open.sorted(by: { $0.key < $1.key }) {
      attachment.key.write(to: &writer)
      writer.write(attachment.time)
      writer.write(UInt64(attachment.isStorage ? 1 : 0))
    }
    writer.write(leftOut)
  }

  init() {}

  init(from reader: inout StateReader) throws(StateError) {
    for _ in 0..<(try reader.count()) {
      let key = try Key(from: &reader)
      let count = try reader.signed()
      let (first, last) = (try reader.signed(), try reader.signed())
      var use = Use(first: first, last: last, isStorage: try reader.unsigned() == 1)
      use.attachments = count
      uses[key] = use
    }
    for _ in 0..<(try reader.count()) {
      let key = try Key(from: &reader)
      let time = try reader.signed()
      open[key.terminal] = Open(key: key, time: time, isStorage: try reader.unsigned() == 1)
    }
    leftOut = try reader.signed()
  }
}

extension DeviceBook.Key {
  fileprivate func write(to writer: inout StateWriter) {
    writer.write(Int64(month))
    for name in [terminal, serial, model, other] { writer.write(UInt64(name)) }
  }

  fileprivate init(from reader: inout StateReader) throws(StateError) {
    let month = Int32(truncatingIfNeeded: try reader.signed())
    self.init(month: month, terminal: UInt32(truncatingIfNeeded: try reader.unsigned()))
    serial = UInt32(truncatingIfNeeded: try reader.unsigned())
    model = UInt32(truncatingIfNeeded: try reader.unsigned())
    other = UInt32(truncatingIfNeeded: try reader.unsigned())
  }
}

extension DetectionEngine {
  /// Books a line about a device.
  mutating func noteDevice(_ row: EventRow, at terminal: NameID) {
    guard row.destination != .none, terminal != .none else { return }
    let date = CivilCalendar.date(ofDay: Int(day(of: row.time)))
    devices.note(
      row.destination,
      DeviceBook.Part(names.text(of: row.destination)),
      at: terminal,
      month: Int32(clamping: date.year * 12 + date.month - 1),
      time: row.time
    )
  }

  /// Devices at hosts in the months that touch these days, as far as host detectors were in use.
  public func deviceUses(on days: ClosedRange<Int>) -> DeviceUses { deviceMonths.uses(on: days) }

  /// Devices at hosts, month by month, as far as host detectors were in use.
  public var deviceMonths: DeviceMonths {
    var found = DeviceMonths(leftOut: devices.leftOut)
    found.uses = devices.all.map { key, use in
      DeviceMonths.Item(
        month: Int(key.month),
        use: DeviceUse(
          terminal: names.text(of: NameID(rawValue: key.terminal)),
          texts: [key.serial, key.model, key.other].filter { $0 != 0 }
            .map { names.text(of: NameID(rawValue: $0)) },
          isStorage: use.isStorage,
          attachments: use.attachments,
          first: Timestamp(nanoseconds: use.first),
          last: Timestamp(nanoseconds: use.last)
        )
      )
    }
    return found
  }
}
