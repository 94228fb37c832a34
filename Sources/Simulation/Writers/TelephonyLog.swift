/// The CTI database's MariaDB server_audit: local times without a zone, no counts.
///
///     20240401 09:05:03,ctidb01,report_bot,192.0.2.16,301,9001,READ,cti,call_history,
///
/// Connection and query numbers come from the clock: they grow as the server's do, and no actor moves
/// those of another.
extension Desk {
  func telephony(_ time: Int, account: Int, terminal: Int, _ statements: [(table: Text, sql: Text)])
  {
    let connection = day.index * 864_000 + time / 100
    var time = time
    telephonyLine(time, account, terminal, connection, 0, "CONNECT", "cti", "", "0")
    for (number, statement) in statements.enumerated() {
      time = later(time, 0, 3)
      let query = connection * 7 + number
      if !statement.table.isEmpty {
        telephonyLine(
          time,
          account,
          terminal,
          connection,
          query,
          "READ",
          "cti",
          statement.table,
          ""
        )
      }
      let text: Text = "'\(Self.escaped(statement.sql))'"
      telephonyLine(time, account, terminal, connection, query, "QUERY", "cti", text, "0")
    }
    time = later(time, 0, 3)
    telephonyLine(time, account, terminal, connection, 0, "DISCONNECT", "cti", "", "0")
  }

  private func telephonyLine(
    _ time: Int,
    _ account: Int,
    _ terminal: Int,
    _ connection: Int,
    _ query: Int,
    _ operation: StaticString,
    _ database: StaticString,
    _ object: Text,
    _ code: StaticString
  ) {
    let store = store(.telephony)
    store.begin(time)
    store.bytes.add("\(day.year, digits: 4)\(day.month, digits: 2)\(day.day, digits: 2) ")
    store.bytes.put(clock: time)
    store.bytes.add(",ctidb01,\(name(account)),\(address(terminal)),\(connection),\(query),")
    store.bytes.add("\(operation),\(database),\(object),\(code)\n")
  }

  /// `'` and `\` with a backslash, a line end as `\n`; cut at 1024 bytes as the plugin does.
  private static func escaped(_ sql: Text) -> Text {
    var bytes: [UInt8] = []
    for byte in sql.bytes {
      switch byte {
      case 0x27, 0x5C: bytes += [0x5C, byte]
      case 0x0A: bytes += [0x5C, 0x6E]
      default: bytes.append(byte)
      }
    }
    return Text(bytes: Array(bytes.prefix(1024)))
  }
}
