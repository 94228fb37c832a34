/// All output formats, one line each.
public enum ReporterRegistry {
  public static let all: [any Reporter.Type] = [
    TextReport.self,
    JSONLinesReport.self,
    OCSFReport.self,
  ]

  /// The format of that name, or `nil`.
  public static func reporter(named name: String) -> (any Reporter.Type)? {
    all.first { $0.name == name }
  }
}
