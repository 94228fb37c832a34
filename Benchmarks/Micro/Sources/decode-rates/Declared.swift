internal import EventModel
internal import Ingest

/// A format that templates declare, beside the built-in one that reads the same log.
struct DeclaredTwin {
  var builtIn: any LogFormat.Type
  var format: DeclaredFormat

  /// What an operator would write of logs whose lines have one order of fields.
  static func all() throws(LineTemplate.Problem) -> [DeclaredTwin] {
    [
      try DeclaredTwin(
        Squid.self,
        "{at:word} {:word} {ip:word} {:word} {bytes:number} {:word} {url:word} {user:word} {:rest}",
        time: ("at", "unix"),
        [.terminal: "ip", .bytes: "bytes", .object: "url", .account: "user"]
      ),
      try DeclaredTwin(
        CombinedAccess.self,
        #"{ip:word} {:word} {user:word} [{at}] "{verb:word} {url:word} {:word}" {:number} {bytes:number}"#,
        also:
          #"{ip:word} {:word} {user:word} [{at}] "{verb:word} {url:word} {:word}" {:number} {bytes:number} {:rest}"#,
        time: ("at", "clf"),
        [.terminal: "ip", .bytes: "bytes", .object: "url", .account: "user", .operation: "verb"]
      ),
      try DeclaredTwin(
        Xferlog.self,
        "{:word} {at:words4} {:word} {ip:word} {bytes:number} {file:word} {:word} {:word} {way:word} {:word} {user:word} {:rest}",
        time: ("at", "%b %d %H:%M:%S %Y"),
        [.terminal: "ip", .bytes: "bytes", .object: "file", .account: "user", .operation: "way"]
      ),
    ]
  }

  private init(
    _ builtIn: any LogFormat.Type,
    _ line: String,
    also other: String? = nil,
    time: (field: String, format: String),
    _ fields: [FieldMap.Column: String]
  ) throws(LineTemplate.Problem) {
    self.builtIn = builtIn
    format = DeclaredFormat(name: "declared-\(builtIn.name)")
    format.lines.append(try LineTemplate(line))
    if let other { format.lines.append(try LineTemplate(other)) }
    for (column, name) in fields { format.fields.rules[column] = FieldRule(path: [name]) }
    var rule = FieldRule(path: [time.field])
    rule.timeFormat = time.format
    format.fields.rules[.time] = rule
  }

  /// The templates' decoder.
  var decoder: any LogFormat {
    var declaration = SourceDeclaration(name: "rates")
    declaration.declared = format
    let options = DecodeOptions(declaration: declaration, zone: .utc, subjectKey: SubjectKey(1, 2))
    return DeclaredText(options: options, head: [UInt8]().span)
  }
}
