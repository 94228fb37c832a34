internal import EventModel

/// Which of the known names of fields holds, record by record.
///
/// A record is read by the best-ranked name in it whose value its column can use. Nothing else of the
/// file matters, so that a record means the same in whatever file it stands.
enum FieldGuess {
  /// In the column bits of a `KeyTable` entry the rank stands from here on.
  static let rankUnit: UInt32 = 1 << 24

  /// Whether a column can use the value: a time must look like one, a count be a number.
  static func isUsable(_ value: FieldValue, column: Int) -> Bool {
    guard value.kind != .null, value.count > 0 else { return false }
    switch column {
    case FieldMap.Column.time.index:
      guard value.kind == .text || value.kind == .number else { return false }
      return TimestampScan.isoCivil(value.bytes, at: 0) != nil || Decimal(value.bytes) != nil
    case FieldMap.Column.records.index, FieldMap.Column.bytes.index:
      return (value.kind == .text || value.kind == .number) && Decimal(value.bytes) != nil
    case FieldMap.Column.object.index, FieldMap.Column.subject.index:
      return value.kind != .object
    default:
      return value.kind != .object && value.kind != .array
    }
  }
}
