public import EventModel

/// What the fields of one kind of JSON event mean.
///
/// Paths are written with dots (`user.name`); of several for one column the first that states something
/// holds. A path belongs to one column.
public struct EventMap: Sendable {
  typealias Column = FieldMap.Column

  /// Keys that a record of the kind has at its outermost level: every one of one of the lists.
  let signatures: [JSONSignature]
  let columns: [(Column, [String])]
  /// The words of the operation's field, and what those begin with that are not listed.
  var operations: [(Operation, [String])] = []
  var prefixes: [(Operation, [String])] = []
  var otherwise = Operation.other
  /// What became of the audit, by the words of the operations that touch it; of others: it was changed.
  var effects: [(StaticString, [StaticString])] = []
  var successes: [String] = []
  var failures: [String] = []
  /// What a word of the outcome's field means that is not listed, and what it means that none is there.
  ///
  /// Without words a status of HTTP is read, and the usual words.
  var otherOutcome: Outcome?
  var absentOutcome = Outcome.unknown
  /// Whether a failed call has returned nothing.
  var failureReturnsNothing = true
  /// Words that state nothing, as `-`.
  var unknown: [String] = []
  /// The zone of times without one; `nil`: the source's.
  var timeZone: String?
  /// How times are written that are not of ISO 8601; as of a field map.
  var timeFormat: String?
  /// Columns that `finish` asks for and a row has no place for: their values are not put into it.
  var lent: [FieldMap.Column] = []
  /// The member of an outer object that holds an array of records in one line.
  var envelope: StaticString?

  init(signatures: [[String]], columns: [(FieldMap.Column, [String])]) {
    self.signatures = signatures.map { JSONSignature($0) }
    self.columns = columns
  }

  /// The map as a field map knows it: words, but no paths.
  var fieldMap: FieldMap {
    var map = FieldMap()
    for (column, _) in columns {
      var rule = FieldRule(path: [])
      rule.unknown = unknown
      map.rules[column] = rule
    }
    map.rules[.time]?.timeZone = timeZone
    map.rules[.time]?.timeFormat = timeFormat
    for (operation, words) in operations {
      for word in words { map.rules[.operation]?.values[word] = operation.name }
    }
    for word in successes { map.rules[.outcome]?.values[word] = "success" }
    for word in failures { map.rules[.outcome]?.values[word] = "failure" }
    map.rules[.outcome]?.otherwise = otherOutcome.map { $0 == .failure ? "failure" : "success" }
    return map
  }

  var paths: [(Column, [[String]])] {
    columns.map { ($0, $1.map { $0.split(separator: ".").map(String.init) }) }
  }
}

/// A format of JSON events, one object a line, that an `EventMap` describes.
///
/// The general reader of JSON lines leaves files of these kinds to them.
public protocol MappedJSON: LogFormat {
  static var map: EventMap { get }
  var reader: EventReader { get }
  /// Whether a line with the keys is one of the kind after all.
  static func isKind(_ line: RecordBytes) -> Bool
  /// Says of a row what the map cannot.
  static func finish(_ event: MappedEvent, _ row: inout EventRow, _ names: inout NameTable)
}

extension MappedJSON {
  public static func isKind(_ line: RecordBytes) -> Bool { true }

  public static func finish(
    _ event: MappedEvent,
    _ row: inout EventRow,
    _ names: inout NameTable
  ) {}

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    let count = ProbeSample.count(sample) { isOne($0) }
    let keys = map.signatures[0].names.joined(separator: ", ")
    return count.result("\(count.matched) of \(count.total) lines are objects with \(keys)")
  }

  /// Whether a line has one of these names, quotes and all: keys that any application may use make no kind by themselves.
  static func states(_ names: StaticString..., in line: RecordBytes) -> Bool {
    names.contains { HostAudit.find($0, line, 0..<line.count) != nil }
  }

  /// Whether a line is one of the kind.
  static func isOne(_ line: RecordBytes) -> Bool {
    var rest = line
    if let envelope = map.envelope, let inner = EventReader.first(in: line, of: envelope) {
      rest = inner
    }
    let bytes = Array(rest)
    return map.signatures.contains { $0.isIn(bytes) } && isKind(line)
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    reader.decode(chunk, into: &batch, finish: Self.finish)
  }
}

/// The stated values of one event, for what a map cannot say.
public struct MappedEvent {
  let stated: UInt32
  let values: UnsafeMutablePointer<FieldValue>

  /// A value; `nil` where none is stated.
  func value(_ column: FieldMap.Column) -> FieldValue? {
    guard stated & column.bit != 0 else { return nil }
    let value = values[column.index]
    return value.kind == .null || value.count == 0 ? nil : value
  }

  /// The place of the path by which the value was found, from 0.
  func path(_ column: FieldMap.Column) -> Int? { value(column).map { Int($0.rank) - 1 } }

  func isWord(_ word: StaticString, _ column: FieldMap.Column) -> Bool {
    value(column).map { $0.bytes.equals(word, in: 0..<$0.count) } ?? false
  }

  /// The first text in an array of texts.
  func firstText(_ column: FieldMap.Column) -> RecordBytes? {
    guard let value = value(column) else { return nil }
    guard value.kind == .array else { return value.bytes }
    var first: RecordBytes?
    JSONText.forEachScalar(inArray: value.bytes) { if first == nil { first = $0.bytes } }
    return first
  }
}
