public import EventModel

/// What a scan hands to a reader: the incidents and what the logs could and could not show.
public struct ScanReport: Sendable {
  public var incidents: IncidentList
  public var coverage: Coverage
  /// Name and version of the program, for instance `ometsuke 0.1.0`.
  public var program: String
  /// What it was made by and from; `nil`: not told.
  public var digests: RunDigests?

  public init(incidents: [Incident], coverage: Coverage, program: String) {
    self.init(incidents: IncidentList(incidents), coverage: coverage, program: program)
  }

  public init(incidents: IncidentList, coverage: Coverage, program: String) {
    self.incidents = incidents
    self.coverage = coverage
    self.program = program
  }
}

/// How a report is to look.
///
/// The machine formats ignore all of it.
public struct ReportOptions: Sendable {
  public enum Language: String, Sendable, CaseIterable {
    case both
    case english
    case japanese
  }

  /// Columns; an East Asian wide character takes two.
  ///
  /// At least 40.
  public var width = 80
  /// Whether the reader is a terminal that shows colours.
  public var colour = false
  public var language = Language.both
  /// The zone in which the text reports tell times and days.
  public var zone = ReportZone.utc
  /// Most ranges of silent days listed for a source in the text report; the rest is counted.
  public var maximumDays = 12

  public init() {}
}

/// Renders a report.
///
/// The same report gives the same bytes: no clock, locale or environment is read.
public protocol Reporter: Sendable {
  /// The word after `--format`.
  static var name: String { get }
  /// One line for `--help`.
  static var summary: String { get }
  init(options: ReportOptions)
  /// Writes the output, ended by a line feed unless it is empty, an incident at a time: no more than one
  /// is in memory.
  func write<Target: TextOutputStream>(_ report: ScanReport, to target: inout Target)
}

extension Reporter {
  /// The whole output.
  public func render(_ report: ScanReport) -> String {
    var text = ""
    write(report, to: &text)
    return text
  }
}
