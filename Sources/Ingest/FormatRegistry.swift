/// Every format, in order of name.
///
/// One line a format; nothing else needs an edit.
public enum FormatRegistry {
  public static let all: [any LogFormat.Type] = [
    // registry-begin
    CombinedAccess.self,
    DelimitedText.self,
    JSONLines.self,
    MariaDBAudit.self,
    NginxJSON.self,
    CSVLog.self,
    PostgreSQLJSONLog.self,
    SyslogRFC3164.self,
    SyslogRFC5424.self,
    // registry-end
  ]

  public static func format(named name: String) -> (any LogFormat.Type)? {
    all.first { $0.name == name }
  }
}
