internal import EventModel

/// What readers of hosts' messages and of Oracle's trail remember in ids of one name table, taken out once a
/// chunk and kept again at its end.
final class HostWork {
  private var ofPostgreSQL: PostgreSQLMemory?
  private var ofOracle: OracleMemory?
  /// What was read of requests, of one chunk.
  lazy var requests = HostRequests()

  func postgreSQL(_ names: inout NameTable) -> PostgreSQLMemory {
    if let ofPostgreSQL { return ofPostgreSQL }
    let memory = names.memory.take(PostgreSQLMemory.self) ?? PostgreSQLMemory()
    ofPostgreSQL = memory
    return memory
  }

  func oracle(_ names: inout NameTable) -> OracleMemory {
    if let ofOracle { return ofOracle }
    let memory = names.memory.take(OracleMemory.self) ?? OracleMemory()
    ofOracle = memory
    return memory
  }

  /// Gives back what was taken.
  func settle(_ batch: inout EventBatch) {
    if let ofPostgreSQL { batch.names.memory.keep(ofPostgreSQL) }
    if let ofOracle { batch.names.memory.keep(ofOracle) }
    (ofPostgreSQL, ofOracle) = (nil, nil)
  }
}

/// Requests read from lines of access logs that hosts send by syslog.
final class HostRequests {
  private var memo = RequestMemo()

  func read(line: RecordBytes, into names: inout NameTable) -> RequestReading {
    memo.readPadded(line: line, into: &names)
  }
}
