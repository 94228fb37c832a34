/// Every format, in order of name.
///
/// One line a format; nothing else needs an edit.
public enum FormatRegistry {
  public static let all: [any LogFormat.Type] = [
    // registry-begin
    CombinedAccess.self,
    DelimitedText.self,
    JSONLines.self,
    LinuxAudit.self,
    MariaDBAudit.self,
    NginxJSON.self,
    CSVLog.self,
    PostgreSQLJSONLog.self,
    PostgreSQLStderr.self,
    SyslogRFC3164.self,
    SyslogRFC5424.self,
    // registry-end
  ]

  /// What each format says of a sample, the surest first; of equals the one more lines fit, then the
  /// first by name.
  ///
  /// The first claims a file of which nothing is declared, if it is at least `likely`.
  public static func judge(
    _ sample: Span<UInt8>,
    formats: [any LogFormat.Type] = all
  ) -> [(format: any LogFormat.Type, result: ProbeResult)] {
    var results = formats.map { (format: $0, result: $0.probe(sample)) }
    results.sort {
      ($1.result.likelihood, $1.result.fit, $0.format.name)
        < ($0.result.likelihood, $0.result.fit, $1.format.name)
    }
    return results
  }

  public static func format(named name: String) -> (any LogFormat.Type)? {
    all.first { $0.name == name }
  }
}
