/// What writes a log of its own.
enum LogSource: Int, CaseIterable, Sendable {
  case application
  case database
  case web
  case telephony
  case hosts
  case audit
  case flows

  var folder: StaticString {
    switch self {
    case .application: "app"
    case .database: "postgresql"
    case .web: "web"
    case .telephony: "cti"
    case .hosts: "syslog"
    case .audit: "audit"
    case .flows: "flows"
    }
  }

  /// Name of a day's file before the date and after it.
  private var name: (stem: StaticString, ending: StaticString) {
    switch self {
    case .application: ("crm-audit", "jsonl")
    case .database: ("postgresql", "csv")
    case .web: ("access", "log")
    case .telephony: ("server_audit", "log")
    case .hosts: ("hosts", "log")
    case .audit: ("audit", "log")
    case .flows: ("conn", "log")
    }
  }

  /// `logs/app/crm-audit-2024-04-01.jsonl`, without the ending of a compression.
  func path(day number: Int) -> Text {
    let name = name
    return "logs/\(folder)/\(name.stem)-\(SimulatedDay.date(number)).\(name.ending)"
  }
}
