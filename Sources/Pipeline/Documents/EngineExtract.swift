internal import Detection
internal import EventModel
internal import Storage

/// What reports ask of the engine, laid beside its state by the night that left it: devices at hosts, and what accounts
/// did on the days that are in no ledger yet.
///
/// A report that only lists these need not restore an engine, which knows far more. It holds for one state, one estate
/// and one version of the program; where any of them is another, the engine is asked as it was before there was this.
struct EngineExtract: Hashable, Sendable {
  static let valueName = "extract"
  private static let version: UInt64 = 1
  /// Lines beyond which it would be no extract: logs that run ahead of the clock settle nothing for a year.
  private static let most = 1 << 18

  /// For which state, estate and program it holds.
  struct Basis: Hashable, Sendable {
    var engine: [UInt8]
    var held: [UInt8]
    /// SHA-256 of what is declared.
    var estate: [UInt8]
    var program: String

    /// As the store stands; `nil`: it has no state.
    init?(_ store: Store, estate: [UInt8], program: String) throws(StoreError) {
      guard let engine = try store.identity(of: NightMemory.engineValue),
        let held = try store.identity(of: NightMemory.heldValue)
      else { return nil }
      (self.engine, self.held, self.estate, self.program) = (engine, held, estate, program)
    }
  }

  struct Line: Hashable, Sendable {
    var day: Int
    var account: [UInt8]
    var owner: [UInt8]
    var operation: EventModel.Operation
    var operations: Int64
    var records: Volume
    var bytes: Int64
    var unexplained: Int64
  }

  var devices: DeviceMonths
  /// Of operations that return records, in the order of the engine.
  var lines: [Line]

  /// Of an engine that has come to its end.
  ///
  /// `day`: the first day that is in no ledger yet.
  init?(_ engine: DetectionEngine, from day: Int32) {
    let lines = Self.lines(of: engine, from: day, before: .max)
    guard lines.count <= Self.most else { return nil }
    devices = engine.deviceMonths
    self.lines = lines
  }

  /// What accounts did on these days by operations that return records.
  static func lines(
    of engine: DetectionEngine,
    from first: Int32,
    before end: Int32
  ) -> [Line] {
    engine.ledger(from: first, before: end).lazy.filter(\.operation.returnsRecords).map { line in
      Line(
        day: Int(line.day),
        account: engine.name(line.account),
        owner: engine.name(line.owner),
        operation: line.operation,
        operations: Int64(line.operations),
        records: line.records,
        bytes: line.bytes,
        unexplained: line.unexplained
      )
    }
  }

  // MARK: In the store

  /// `nil`: the store has none, or one that holds for something else.
  init?(_ store: Store, estate: [UInt8], program: String) throws(StoreError) {
    guard let kept = try store.value(Self.valueName),
      let basis = try Basis(store, estate: estate, program: program),
      let read = try? Self(kept, basis)
    else { return nil }
    self = read
  }

  /// After the state it is of, in the same transaction.
  static func keep(
    _ extract: Self?,
    _ estate: [UInt8],
    _ program: String,
    in store: Store
  )
    throws(StoreError)
  {
    guard let extract, let basis = try Basis(store, estate: estate, program: program) else {
      try store.setValue(valueName, nil)
      return
    }
    try store.setValue(valueName, extract.bytes(basis))
  }

  private func bytes(_ basis: Basis) -> [UInt8] {
    var writer = StateWriter()
    writer.write(Self.version)
    for name in [basis.engine, basis.held, basis.estate, Array(basis.program.utf8)] {
      writer.write(name)
    }
    writer.write(devices.leftOut)
    writer.write(UInt64(devices.uses.count))
    for item in devices.uses {
      writer.write(item.month)
      writer.write(Array(item.use.terminal.utf8))
      writer.write(UInt64(item.use.texts.count))
      for text in item.use.texts { writer.write(Array(text.utf8)) }
      writer.write(UInt64(item.use.isStorage ? 1 : 0))
      writer.write(item.use.attachments)
      writer.write(item.use.first.nanoseconds)
      writer.write(item.use.last.nanoseconds)
    }
    writer.write(UInt64(lines.count))
    for line in lines {
      writer.write(line.day)
      writer.write(line.account)
      writer.write(line.owner)
      writer.write(UInt64(line.operation.rawValue))
      for number in [line.operations, line.records.low, line.records.high] { writer.write(number) }
      writer.write(UInt64(line.records.quality.rawValue))
      for number in [line.bytes, line.unexplained] { writer.write(number) }
    }
    return writer.bytes
  }

  private init?(_ bytes: [UInt8], _ basis: Basis) throws(StateError) {
    var reader = StateReader(bytes)
    guard try reader.unsigned() == Self.version else { return nil }
    for name in [basis.engine, basis.held, basis.estate, Array(basis.program.utf8)] {
      guard try reader.name() == name else { return nil }
    }
    devices = DeviceMonths(leftOut: try reader.signed())
    for _ in 0..<(try reader.count()) {
      let month = try reader.int()
      let terminal = String(decoding: try reader.name(), as: UTF8.self)
      var texts: [String] = []
      for _ in 0..<(try reader.count()) {
        texts.append(String(decoding: try reader.name(), as: UTF8.self))
      }
      let isStorage = try reader.unsigned() == 1
      let use = DeviceUse(
        terminal: terminal,
        texts: texts,
        isStorage: isStorage,
        attachments: try reader.signed(),
        first: Timestamp(nanoseconds: try reader.signed()),
        last: Timestamp(nanoseconds: try reader.signed())
      )
      devices.uses.append(DeviceMonths.Item(month: month, use: use))
    }
    lines = []
    for _ in 0..<(try reader.count()) {
      let day = try reader.int()
      let (account, owner) = (try reader.name(), try reader.name())
      let operation = Operation(rawValue: UInt8(clamping: try reader.unsigned())) ?? .other
      let operations = try reader.signed()
      let (low, high) = (try reader.signed(), try reader.signed())
      let quality = VolumeQuality(rawValue: UInt8(clamping: try reader.unsigned())) ?? .unknown
      lines.append(
        Line(
          day: day,
          account: account,
          owner: owner,
          operation: operation,
          operations: operations,
          records: Volume(low: low, high: high, quality: quality),
          bytes: try reader.signed(),
          unexplained: try reader.signed()
        )
      )
    }
    guard reader.isAtEnd else { throw StateError(offset: bytes.count) }
  }
}
