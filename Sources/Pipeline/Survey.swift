public import Estate
public import EventModel

/// Reads logs only to see which names and volumes they state: what `ometsuke check` compares the
/// estate file with.
///
/// Holds at most 65,536 names of a kind.
public struct Survey: EventConsumer {
  public static let nameLimit = 1 << 16

  /// What one source says of volumes.
  public struct Reads: Sendable, Hashable {
    /// Events that returned records.
    public var total: Int64 = 0
    /// Of these, without a number of records.
    public var unknown: Int64 = 0
    /// Of these, without bytes too.
    public var silent: Int64 = 0
  }

  /// By index of the source, as `BatchScan.sources` counts.
  public private(set) var reads: [Int: Reads] = [:]
  private var accounts: Set<NameID> = []
  private var objects: Set<NameID> = []
  private var terminals: Set<NameID> = []
  public private(set) var seen = SeenNames()
  /// Operations that nobody gave a meaning, by the name of the source.
  private var unknownOperations: [String: [String]] = [:]

  public init() {}

  public mutating func apply(_ rows: [EventRow], names: NameTable) {
    for row in rows {
      note(row.account, in: &accounts)
      note(row.object, in: &objects)
      note(row.terminal, in: &terminals)
      guard row.operation.returnsRecords, !row.flags.contains(.catalogue) else { continue }
      reads[Int(row.source), default: Reads()].total += 1
      guard row.quality == .unknown else { continue }
      reads[Int(row.source), default: Reads()].unknown += 1
      if row.bytes < 0 { reads[Int(row.source), default: Reads()].silent += 1 }
    }
  }

  private func note(_ name: NameID, in names: inout Set<NameID>) {
    if name != .none, names.count < Self.nameLimit { names.insert(name) }
  }

  public mutating func finish(coverage: Coverage, names: NameTable) -> IncidentList {
    for source in coverage.sources where !source.unknownOperations.isEmpty {
      unknownOperations[source.name] = source.unknownOperations
    }
    seen.accounts = accounts.map { names.text(of: $0) }.sorted()
    seen.terminals = terminals.map { names.text(of: $0) }.sorted()
    let separator = EventRow.objectSeparator
    let parts = objects.flatMap { names.bytes(of: $0).split(separator: separator) }
    seen.objects = Set(parts.map { String(decoding: $0, as: UTF8.self) }).sorted()
    return IncidentList([])
  }

  /// One line for each source whose field map reads operations, for words that it gives no meaning.
  public func operationWarnings(of loaded: LoadedEstate) -> [Diagnostic] {
    loaded.estate.sources.enumerated().compactMap { index, source in
      guard source.fields?.rules[.operation] != nil, let words = unknownOperations[source.name]
      else { return nil }
      let shown = words.prefix(5).map { Diagnostic.quoted($0) }.joined(separator: ", ")
      return Diagnostic(
        .warning,
        file: loaded.estate.file,
        line: loaded.sourceLines.indices.contains(index) ? loaded.sourceLines[index] : 0,
        message:
          "source \(Diagnostic.quoted(source.name)) states operations that its fields give no meaning: "
          + "\(shown)\(words.count > 5 ? " and more" : ""); write them under fields: operation: values"
      )
    }
  }

  /// One line for each source whose volume switch is off: what to switch on, or what to declare.
  public func volumeWarnings(of loaded: LoadedEstate) -> [Diagnostic] {
    loaded.estate.sources.indices.compactMap { index in
      let source = loaded.estate.sources[index]
      guard let reads = reads[index], reads.total >= 1, reads.silent * 10 >= reads.total * 9 else {
        return nil
      }
      let remedy =
        switch source.format ?? "" {
        case let name where name.hasPrefix("postgresql"):
          "set pgaudit.log_rows = on (and pgaudit.log_relation = on)"
        case "mariadb-audit":
          "server_audit cannot state them: declare the size of the datasets, or add the slow log"
        case "jsonl", "csv", "nginx-json":
          "map records or bytes under fields, or have the application log them"
        case "":
          "switch it on where the log is written (PostgreSQL: pgaudit.log_rows = on), or declare the size "
            + "of the datasets it reads"
        default: "declare the size of the datasets it reads"
        }
      return Diagnostic(
        .warning,
        file: loaded.estate.file,
        line: loaded.sourceLines.indices.contains(index) ? loaded.sourceLines[index] : 0,
        message: "source \"\(source.name)\" states no volume in \(reads.silent) of \(reads.total) "
          + "reads; \(remedy)"
      )
    }
  }
}
