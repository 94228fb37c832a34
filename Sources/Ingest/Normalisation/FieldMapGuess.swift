public import EventModel

/// Chooses a field map for a file that has none declared, by the usual names of fields.
public enum FieldMapGuess {
  /// Names by column, the best first.
  static let aliases: [(FieldMap.Column, [String])] = [
    (
      .time,
      [
        "ts", "time", "timestamp", "@timestamp", "datetime", "date", "event_time", "eventTime",
        "created_at", "log_time", "日時", "操作日時", "時刻",
      ]
    ),
    (
      .account,
      [
        "user", "username", "user_name", "account", "login", "actor", "operator", "user.name",
        "actor.user.name", "userIdentity.userName", "db_user", "user_id", "userid", "login_id",
        "operator_id", "利用者ID", "利用者", "ユーザID", "ユーザーID", "ユーザ", "ユーザー", "アカウント", "操作者", "担当者",
      ]
    ),
    (
      .terminal,
      [
        "ip", "client_ip", "remote_addr", "src_ip", "src", "source.ip", "src_endpoint.ip",
        "client.ip", "id.orig_h", "id_orig_h", "sourceIPAddress", "terminal", "host", "hostname",
        "workstation", "端末", "端末名", "IPアドレス", "接続元",
      ]
    ),
    (.program, ["app", "application", "program", "client_app", "user_agent", "アプリケーション", "プログラム"]),
    (
      .object,
      [
        "table", "object", "dataset", "resource", "url", "path", "uri", "list", "screen",
        "table.name", "query_info.table", "table_name", "テーブル", "対象", "画面",
      ]
    ),
    (.owner, ["owner", "client", "tenant", "customer_of", "org", "company", "委託元"]),
    (
      .operation,
      [
        "action", "op", "operation", "event", "event_type", "verb", "method", "activity", "操作",
        "操作内容", "操作種別", "処理", "処理内容",
      ]
    ),
    (
      .records,
      [
        "records", "rows", "row_count", "rowcount", "count", "num_rows", "records_returned",
        "result_count", "unmapped.row_count", "cnt", "record_count", "件数", "取得件数", "出力件数",
        "検索件数", "抽出件数", "レコード数",
      ]
    ),
    (
      .bytes,
      [
        "bytes", "bytes_sent", "size", "response_bytes", "bytes_out", "query_info.bytes",
        "traffic.bytes_in", "http_response.length", "サイズ", "バイト数",
      ]
    ),
    (
      .subject,
      ["customer_id", "subject", "subject_id", "cust_id", "customer", "顧客番号", "顧客ID", "お客様番号"]
    ),
    (.ticket, ["ticket", "ticket_id", "case_id", "instruction", "指示番号", "依頼番号"]),
    (
      .destination,
      ["destination", "dest", "file", "filename", "target", "device", "出力先", "保存先", "ファイル名"]
    ),
    (.outcome, ["outcome", "result", "status", "success", "結果"]),
    (.call, ["call_id", "contact_id", "interaction_id"]),
    (.position, ["offset", "row_offset", "start_row"]),
  ]

  /// The paths of a column's names, the best first.
  static func paths(of column: FieldMap.Column) -> [[String]] {
    (aliases.first { $0.0 == column }?.1 ?? []).map { $0.split(separator: ".").map(String.init) }
  }

  /// The objects that are looked at.
  static let sampleLimit = 16

  /// The map for a file of JSON objects, and a clause for each choice (`time ← ts`).
  ///
  /// Without a usable time the map is without `.time`.
  public static func guess(head: Span<UInt8>) -> (map: FieldMap, words: [String]) {
    let lines = wholeLines(head, limit: sampleLimit)
    return choose { column, alias in
      let path = alias.split(separator: ".").map(String.init)
      return isUsable(path, for: column, in: lines) ? path : nil
    }
  }

  /// The map for the columns of a CSV file; dots and case of the names are as they are.
  static func guess(columns: [String]) -> (map: FieldMap, words: [String]) {
    let small = columns.map { $0.lowercased() }
    return choose { _, alias in
      small.firstIndex(of: alias.lowercased()).map { [columns[$0]] }
    }
  }

  /// The field that says who acted or from where: without one the rest tells of nobody.
  ///
  /// A `host` alone is as often the server that wrote the line.
  static func actor(in map: FieldMap) -> String? {
    let rule = map.rules[.account] ?? map.rules[.terminal]
    guard let path = rule?.path.joined(separator: "."), path != "host", path != "hostname" else {
      return nil
    }
    return path
  }

  private static func choose(
    _ find: (FieldMap.Column, String) -> [String]?
  ) -> (map: FieldMap, words: [String]) {
    var map = FieldMap()
    var words: [String] = []
    for (column, names) in aliases {
      for name in names {
        guard let path = find(column, name) else { continue }
        map.rules[column] = FieldRule(path: path)
        words.append("\(column.rawValue) ← \(path.joined(separator: "."))")
        break
      }
    }
    return (map, words)
  }

  /// Whole lines of a sample; the last one also when the sample is a whole short file.
  static func wholeLines(_ head: Span<UInt8>, limit: Int) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var line: [UInt8] = []
    for index in head.indices {
      guard lines.count < limit else { return lines }
      let byte = head[index]
      if byte == 0x0A {
        if !line.isEmpty { lines.append(line) }
        line.removeAll(keepingCapacity: true)
      } else if byte != 0x0D {
        line.append(byte)
      }
    }
    if !line.isEmpty, head.count < FileHead.largest || lines.isEmpty { lines.append(line) }
    return lines
  }

  /// Whether the field is there with a value the column can use.
  ///
  /// A time must be one, and a count a number, at least once.
  private static func isUsable(
    _ path: [String],
    for column: FieldMap.Column,
    in lines: [[UInt8]]
  ) -> Bool {
    var keys = KeyTable()
    var level = keys.addLevel()
    let whole = Array(path.joined(separator: ".").utf8)
    keys.add(whole, at: level) { $0.columns = 1 }
    for part in path.dropLast() {
      let child = keys.addLevel()
      keys.add(Array(part.utf8), at: level) { $0.child = Int32(truncatingIfNeeded: child) }
      level = child
    }
    if let last = path.last { keys.add(Array(last.utf8), at: level) { $0.columns = 1 } }
    keys.seal()
    let time = TimeProgram(format: nil, zone: .utc, year: nil)
    var cache = TimeProgram.Cache()
    for line in lines {
      let verdict = JSONProbe.withFirst(of: line, keys) { value -> Bool? in
        if value.kind == .null || value.count == 0 { return nil }
        let isScalar = value.kind != .object && value.kind != .array
        switch column {
        case .time:
          return (value.kind == .text || value.kind == .number)
            && time.time(value.bytes, cache: &cache) != nil ? true : nil
        case .records, .bytes:
          return (value.kind == .text || value.kind == .number) && Decimal(value.bytes) != nil
            ? true : nil
        case .object, .subject: return isScalar || value.kind == .array ? true : nil
        default: return isScalar ? true : nil
        }
      }
      if verdict == true { return true }
    }
    return false
  }
}
