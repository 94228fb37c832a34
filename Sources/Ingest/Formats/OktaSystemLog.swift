internal import EventModel

/// Okta's System Log, one event a line.
///
///     {"uuid":"…","published":"2026-04-01T09:12:34.157Z","eventType":"user.session.start","actor":
///     {"alternateId":"sato@example.com"},"client":{"ipAddress":"192.0.2.7"},"outcome":{"result":
///     "SUCCESS"},…}
///
/// Source: Okta developer documentation, "System Log API"; "Event types".
public struct OktaSystemLog: MappedJSON {
  public static let name = "okta-system-log"
  public static let ignoresAccountCase = true
  public static let summary = "Okta System Log (JSON lines)"

  public let reader: EventReader

  public init(options: DecodeOptions, head: Span<UInt8>) {
    reader = EventReader(Self.map, options)
  }

  public static let map: EventMap = {
    var map = EventMap(
      signatures: [["uuid", "published", "eventType", "actor"]],
      columns: [
        (.time, ["published"]), (.account, ["actor.alternateId", "actor.displayName", "actor.id"]),
        (.terminal, ["client.ipAddress"]), (.program, ["client.userAgent.rawUserAgent"]),
        (.operation, ["eventType"]), (.outcome, ["outcome.result"]), (.statement, ["uuid"]),
      ]
    )
    map.operations = [
      (.logon, ["user.session.start", "user.authentication.sso"]),
      (.logoff, ["user.session.end"]),
      (
        .privilege,
        [
          "user.session.impersonation.initiate", "user.session.impersonation.grant",
          "user.account.privilege.grant", "group.privilege.grant", "group.user_membership.add",
          "system.api_token.create",
        ]
      ),
      (.export, ["analytics.reports.export.download"]),
      (.audit, ["system.log_stream.lifecycle.deactivate", "system.log_stream.lifecycle.delete"]),
    ]
    map.prefixes = [(.logon, ["user.authentication.auth_via_"])]
    (map.successes, map.failures) = (["SUCCESS", "ALLOW"], ["FAILURE", "DENY"])
    map.otherOutcome = .success
    map.effects = [
      (
        HostCommand.Effect.stopped,
        ["system.log_stream.lifecycle.deactivate", "system.log_stream.lifecycle.delete"]
      )
    ]
    return map
  }()
}
