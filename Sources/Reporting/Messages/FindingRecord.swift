public import EventModel

/// A finding as one line of a format that a file takes.
public enum FindingRecord: String, Sendable, CaseIterable {
  case ocsf, cef, leef, ecs

  public func line(
    of finding: Finding,
    in incident: Incident,
    _ context: MessageContext
  ) -> String {
    switch self {
    case .ocsf: OCSFReport.line(of: finding, in: incident, context)
    case .cef: CEFMessage.line(of: finding, in: incident, context)
    case .leef: LEEFMessage.line(of: finding, in: incident, context)
    case .ecs: ECSDocument.line(of: finding, in: incident, context)
    }
  }
}
