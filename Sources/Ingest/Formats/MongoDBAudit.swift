public import EventModel

/// The audit log of MongoDB Enterprise and of Percona Server for MongoDB, as JSON.
///
///     { "atype" : "authCheck", "ts" : { "$date" : "2026-04-01T09:12:34.157+09:00" }, "remote" :
///     { "ip" : "192.0.2.7", "port" : 50200 }, "users" : [ { "user" : "sato", "db" : "admin" } ],
///     "param" : { "command" : "find", "ns" : "crm.customers" }, "result" : 0 }
///
/// How many documents a command returned is not stated; a `find` without filter and limit reads all (`param.args`). Commands are logged only where `auditFilter`
/// and `auditAuthorizationSuccess` ask for them.
///
/// Source: MongoDB manual, "System Event Audit Messages".
public struct MongoDBAudit: MappedJSON {
  public static let name = "mongodb-audit"
  public static let summary = "MongoDB and Percona audit log (JSON)"

  public let reader: EventReader

  public init(options: DecodeOptions, head: Span<UInt8>) {
    reader = EventReader(Self.map, options)
  }

  public static let map: EventMap = {
    var map = EventMap(
      signatures: [["atype", "ts", "param", "result"]],
      columns: [
        (.time, ["ts.$date.$numberLong", "ts.$date"]), (.terminal, ["remote.ip"]),
        (.object, ["param.ns", "param.db"]),
        (.operation, ["param.command", "atype"]), (.outcome, ["result"]),
        (.account, ["param.user"]), (.subject, ["users"]), (.destination, ["param.args.find"]),
        (.position, ["param.args.filter"]), (.ticket, ["param.args.limit"]),
      ]
    )
    map.operations = [
      (
        .read,
        [
          "find", "getMore", "aggregate", "distinct", "count", "mapReduce",
          "parallelCollectionScan",
          "geoSearch", "listCollections",
        ]
      ),
      (.write, ["insert", "update", "delete", "findAndModify", "bulkWrite"]),
      (.logon, ["authenticate"]), (.logoff, ["logout"]),
      (
        .privilege,
        [
          "createUser", "updateUser", "grantRolesToUser", "createRole", "updateRole",
          "grantPrivilegesToRole", "grantRolesToRole",
        ]
      ),
      (.audit, ["auditConfigure", "shutdown", "startup", "rotateLog"]),
    ]
    (map.successes, map.otherOutcome) = (["0"], .failure)
    map.effects = [
      (HostCommand.Effect.stopped, ["shutdown"]),
      (HostCommand.Effect.started, ["startup"]),
      (HostCommand.Effect.rotated, ["rotateLog"]),
    ]
    map.lent = [.subject]
    return map
  }()

  /// Who acts is the first of the users that are logged on.
  public static func finish(
    _ event: MappedEvent,
    _ row: inout EventRow,
    _ names: inout NameTable
  ) {
    row.volume = .unknown
    (row.subject, row.begins, row.continues) = (0, 0, 0)
    (row.destination, row.ticket) = (.none, .none)
    // A `find` whose arguments are there and that asks for nothing in particular gives the whole collection.
    if row.operation == .read, event.value(.destination) != nil, event.value(.ticket) == nil,
      event.value(.position)?.bytes.allSatisfy({ $0 <= 0x20 || $0 == 0x7B || $0 == 0x7D }) ?? true
    {
      row.flags.insert(.whole)
    }
    guard let users = event.value(.subject), users.kind == .array,
      let name = firstUser(users.bytes)
    else { return }
    if !event.isWord("authenticate", .operation) || row.account == .none {
      row.account = names.internOften(name)
    }
  }

  private static func firstUser(_ list: RecordBytes) -> RecordBytes? {
    guard let key = HostAudit.find("\"user\"", list, 0..<list.count),
      let open = list.firstIndex(of: 0x22, in: key + 6..<list.count),
      let close = list.firstIndex(of: 0x22, in: open + 1..<list.count)
    else { return nil }
    return list.slice(open + 1..<close)
  }
}
