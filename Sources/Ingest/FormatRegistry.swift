public import EventModel

/// Every format, in order of name.
///
/// One line a format; nothing else needs an edit.
public enum FormatRegistry {
  public static let all: [any LogFormat.Type] = [
    // registry-begin
    AmazonConnect.self,
    AsteriskCDR.self,
    AsteriskQueueLog.self,
    CloudTrail.self,
    LoadBalancerAccess.self,
    S3Access.self,
    AzureMonitor.self,
    CEFEvents.self,
    CiscoCDR.self,
    CombinedAccess.self,
    DelimitedText.self,
    FreeSwitchCDR.self,
    GitHubAudit.self,
    GoogleCloudAudit.self,
    GoogleWorkspace.self,
    HAProxy.self,
    JournalExport.self,
    JournalJSON.self,
    JSONLines.self,
    KubernetesAudit.self,
    LEEFEvents.self,
    LinuxAudit.self,
    MariaDBAudit.self,
    Microsoft365Audit.self,
    Microsoft365Portal.self,
    MongoDBAudit.self,
    MySQLAudit.self,
    MySQLAuditXML.self,
    MySQLSlowLog.self,
    NginxJSON.self,
    OktaSystemLog.self,
    OracleAudit.self,
    OracleAuditXML.self,
    OracleUnifiedAudit.self,
    OracleUnifiedAuditJSON.self,
    CSVLog.self,
    PostgreSQLJSONLog.self,
    PostgreSQLStderr.self,
    SalesforceEventLog.self,
    SQLServerAudit.self,
    Squid.self,
    SuricataEVE.self,
    SyslogRFC3164.self,
    SyslogRFC5424.self,
    SyslogRFC6587.self,
    VsftpdLog.self,
    W3CExtended.self,
    WindowsJSON.self,
    WindowsXML.self,
    WireLines.self,
    Xferlog.self,
    ZeekJSON.self,
    ZeekTSV.self,
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

  /// The first of what `judge` finds, without asking formats that cannot be it.
  public static func best(
    _ sample: Span<UInt8>,
    formats: [any LogFormat.Type] = all
  ) -> (format: any LogFormat.Type, result: ProbeResult)? {
    var best: (format: any LogFormat.Type, result: ProbeResult)?
    // The surest first; of equals the first by name, which must not be passed over.
    let order = formats.sorted { ($1.surest, $0.name) < ($0.surest, $1.name) }
    for format in order {
      if let best, best.result.likelihood > format.surest { break }
      if let best, best.result.likelihood == .certain, best.result.fit == 1000 { break }
      let result = format.probe(sample)
      let isBetter =
        best.map {
          (-result.likelihood.rawValue, -result.fit, format.name)
            < (-$0.result.likelihood.rawValue, -$0.result.fit, $0.format.name)
        } ?? true
      if isBetter { best = (format, result) }
    }
    return best
  }

  /// The format that a source declares, its own or a registered one; `nil`: none, or not known.
  public static func format(
    of source: SourceDeclaration,
    formats: [any LogFormat.Type] = all
  ) -> (any LogFormat.Type)? {
    if source.declared != nil { return DeclaredText.self }
    return formats.first { $0.name == source.format }
  }

  public static func format(named name: String) -> (any LogFormat.Type)? {
    all.first { $0.name == name }
  }
}
