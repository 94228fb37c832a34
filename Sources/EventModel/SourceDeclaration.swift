/// How one source is to be read, as the operator declares it (or as it is assumed).
public struct SourceDeclaration: Sendable {
  public var name: String
  /// Paths, folders or globs; relative to the estate file.
  ///
  /// Empty: a source matched by format alone.
  public var paths: [String] = []
  /// A registered format's name, or `nil` for detection by probing.
  public var format: String?
  /// The system that wrote it (a word for reports).
  public var system: String?
  /// IANA name or `±hh:mm` of times that state no zone; `nil`: UTC, said as an assumption.
  public var timeZone: String?
  /// `utf-8`, `cp932`, `euc-jp`, or `nil` for detection.
  public var encoding: String?
  /// Whether `Admin1` and `ADMIN1` are one account; `nil`: as the format has it.
  public var ignoresAccountCase: Bool?
  /// Year of the first line of a file whose times state none.
  public var year: Int?
  /// Field map of JSON Lines and CSV; of a declared format it holds before the format's own.
  public var fields: FieldMap?
  /// What `format` names, where the operator declares it.
  public var declared: DeclaredFormat?
  /// CSV: delimiter and whether the first record names the columns.
  public var delimiter: UInt8 = 0x2C
  public var header = true
  /// CSV without header: names of the columns.
  public var columns: [String] = []
  /// Whether a day without a line is expected (a source that writes only on events).
  public var mayBeSilent = false
  /// Seconds by which its lines may come late; `nil`: as the policy has it.
  public var lateness: Int64?
  /// When it was in use: outside of that no line is expected of it; `nil`: at any time.
  public var from: Timestamp?
  public var until: Timestamp?

  /// Where a watch listens for syslog: `udp://192.0.2.1:514`, `tcp://…`, `tls://…`.
  public var listens: [String] = []
  /// PEM files of a listener over TLS; with `trusted`, senders must show a certificate of theirs.
  public var certificate: String?
  public var key: String?
  public var trusted: String?
  /// Captures: where the secrets of their encrypted sessions were logged.
  public var keyLog: String?
  /// Captures: fields and cookies in which requests of HTTP name their user, the first that is there.
  public var userHeaders: [String] = []
  public var userCookies: [String] = []
  /// PostgreSQL's plain log: `log_line_prefix`, where its words do not show what they are.
  public var logLinePrefix: String?

  public init(name: String) { self.name = name }
}

/// Which field of a JSON object or CSV record means what.
public struct FieldMap: Sendable, Hashable {
  public enum Column: String, Sendable, CaseIterable {
    case time, account, terminal, program, operation, object, owner, records, bytes, subject
    case ticket, destination, outcome, statement, call, position
  }

  public var rules: [Column: FieldRule] = [:]

  public init() {}
}

/// One column of a field map.
public struct FieldRule: Sendable, Hashable {
  /// Path of the field, outermost first (`user.name` → ["user", "name"]); a CSV column has one part.
  public var path: [String]
  /// A value that holds for every record; used when `path` is empty.
  public var constant: String?
  /// `rfc3339`, `unix`, `unix_ms`, `unix_us`, `unix_ns`, `clf`, or a strptime pattern of
  /// %Y %y %m %d %H %I %p %M %S %f %z %b %a; `nil`: RFC 3339, or a number by its size.
  public var timeFormat: String?
  /// IANA name or `±hh:mm` for this column; else the source's.
  public var timeZone: String?
  /// Source value → our value (operation and outcome names).
  ///
  /// Compared byte for byte.
  public var values: [String: String] = [:]
  /// What a value not in `values` means; `nil`: itself.
  public var otherwise: String?
  /// Values that mean "not stated" (`null`, a missing field and "" always do).
  public var unknown: [String] = []
  /// Factor from the field's unit to one record or one byte (KB 1000, KiB 1024 …).
  public var multiplier: Int64 = 1
  /// Quality of a stated record count.
  public var quality: VolumeQuality = .exact

  public init(path: [String]) { self.path = path }
}
