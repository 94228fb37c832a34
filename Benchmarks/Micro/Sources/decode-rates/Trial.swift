internal import EventModel
internal import Ingest

/// Tries what may vary in a record: the decoder must make rows of the same kinds of it.
struct Trial {
  private let format: any LogFormat.Type
  private let header: [UInt8]
  private let decoder: any LogFormat
  private var batch = EventBatch()

  init(_ format: any LogFormat.Type, head: [UInt8]) {
    self.format = format
    header = head
    decoder = opened(format, head)
  }

  mutating func decode(_ record: [UInt8]) -> EventBatch {
    batch.removeAll()
    var chunk = ByteChunk(record)
    if !format.framing.isLines { chunk.recordStarts = [0] }
    if case .headed = format.framing { chunk.header = header }
    decoder.decode(chunk, into: &batch)
    return batch
  }

  /// What a row is, apart from whom and what it tells of.
  private struct RowKind: Equatable {
    var operation: Operation
    var outcome: Outcome
    var quality: VolumeQuality
    var flags: UInt8
    var stated: [Bool]

    init(_ row: EventRow) {
      (operation, outcome, quality) = (row.operation, row.outcome, row.quality)
      flags = row.flags.rawValue
      stated = [
        row.account != .none, row.terminal != .none, row.program != .none, row.object != .none,
        row.bytes >= 0, row.subject != 0,
      ]
    }
  }

  private struct RecordKind: Equatable {
    var rows: [RowKind]
    var isDated: Bool
  }

  /// `nil`: rejected, or nothing in it.
  private mutating func kind(_ record: [UInt8]) -> RecordKind? {
    let batch = decode(record)
    guard batch.rejectedCount == 0, batch.headerCount == 0 else { return nil }
    guard !batch.rows.isEmpty || !batch.dated.isEmpty else { return nil }
    return RecordKind(rows: batch.rows.map(RowKind.init), isDated: !batch.dated.isEmpty)
  }

  /// The record with the slots that may vary; `nil`: damaged, or nothing in it.
  mutating func template(_ record: [UInt8]) -> RecordTemplate? {
    guard var kind = kind(record) else { return nil }
    var accounts: [[UInt8]] = []
    for row in batch.rows where row.account != .none {
      let name = batch.names.bytes(of: row.account)
      if name.count > 1, !accounts.contains(name) { accounts.append(name) }
    }
    var found = SlotSearch.search(record, accounts: accounts)
    // A day of a number of digits that was none.
    if self.kind(found.bytes) != kind { found = RecordTemplate(bytes: record) }
    kind = self.kind(found.bytes) ?? kind
    var template = RecordTemplate(bytes: found.bytes)
    template.isPassedOver = kind.rows.isEmpty
    for slot in found.slots {
      template.slots.append(slot)
      let isSame = (0..<6).allSatisfy { turn in
        var values = SlotValues(seed: 7, round: UInt64(turn))
        values.second = turn * 14_000 + 77
        var varied: [UInt8] = []
        values.append(template, to: &varied)
        return self.kind(varied) == kind
      }
      if !isSame { template.slots.removeLast() }
    }
    return template
  }
}
