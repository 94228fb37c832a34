public import EventModel

/// Google Workspace's audit logs: activities of the Reports API, one a line or a list of them in one line.
///
///     {"kind":"admin#reports#activity","id":{"time":"2026-04-01T00:12:34.157Z","uniqueQualifier":"…",
///     "applicationName":"drive"},"actor":{"email":"sato@example.com"},"ipAddress":"192.0.2.7","events":
///     [{"type":"access","name":"download","parameters":[{"name":"doc_title","value":"members.csv"},…]}]}
///
/// Of several events of one activity the one that takes most out is told. The object is the title of the
/// document, else its id. How many records a document holds is not stated. An activity that was fetched twice
/// is counted once, by its `uniqueQualifier`.
///
/// Source: Google, "Reports API: Activities"; "Drive", "Login", "Admin" and "Takeout Audit Activity Events".
public struct GoogleWorkspace: MappedJSON {
  public static let name = "google-workspace"
  public static let ignoresAccountCase = true
  public static let summary = "Google Workspace audit logs (activities of the Reports API, JSON)"

  public let reader: EventReader

  public init(options: DecodeOptions, head: Span<UInt8>) {
    reader = EventReader(Self.map, options)
  }

  public static let map: EventMap = {
    var map = EventMap(
      signatures: [["id", "actor", "events"]],
      columns: [
        (.time, ["id.time"]), (.account, ["actor.email", "actor.key", "actor.profileId"]),
        (.terminal, ["ipAddress"]), (.program, ["id.applicationName"]),
        (.statement, ["id.uniqueQualifier"]), (.subject, ["events"]),
      ]
    )
    map.envelope = "items"
    map.absentOutcome = .success
    return map
  }()

  /// What the events are, those that take most out first.
  private static let operations: [(Operation, [StaticString])] = [
    (
      .export,
      [
        "download", "print", "COMPLETED_USER_TAKEOUT", "DOWNLOADED_USER_TAKEOUT",
        "CUSTOMER_TAKEOUT_CREATED",
      ]
    ),
    (
      .transfer,
      [
        "copy", "source_copy", "change_user_access", "change_document_visibility",
        "change_document_access_scope",
      ]
    ),
    (.privilege, ["GRANT_ADMIN_PRIVILEGE", "GRANT_DELEGATED_ADMIN_PRIVILEGES", "ASSIGN_ROLE"]),
    (.logonFailure, ["login_failure"]), (.logon, ["login_success"]), (.logoff, ["logout"]),
    (.read, ["view"]),
    (.write, ["edit", "create", "upload", "rename", "move", "trash", "delete"]),
  ]

  public static func finish(
    _ event: MappedEvent,
    _ row: inout EventRow,
    _ names: inout NameTable
  ) {
    (row.subject, row.begins, row.continues, row.volume) = (0, 0, 0, .unknown)
    guard let list = event.value(.subject), list.kind == .array else { return }
    var best = operations.count
    var object: FieldValue?
    WorkspaceEvents.forEach(in: list.bytes) { found in
      let name = found.name
      let place = operations.firstIndex { entry in
        entry.1.contains { name.equals($0, in: 0..<name.count) }
      }
      guard let place, place < best else { return }
      (best, object) = (place, found.title ?? found.id)
    }
    guard best < operations.count else { return }
    row.operation = operations[best].0
    if row.operation == .logonFailure { row.outcome = .failure }
    if let object { row.object = WorkspaceEvents.intern(object, &names) }
  }
}

/// The events of one activity.
private enum WorkspaceEvents {
  struct Event {
    var name: RecordBytes
    var title: FieldValue?
    var id: FieldValue?
  }

  static func intern(_ value: FieldValue, _ names: inout NameTable) -> NameID {
    guard value.kind == .escaped else { return names.intern(value.bytes) }
    var plain: [UInt8] = []
    JSONText.unescape(value.bytes, into: &plain)
    return plain.withUnsafeBufferPointer { names.intern($0) }
  }

  /// Of `[{"name":"…","parameters":[{"name":"…","value":"…"}]}]`; the list is known to be well-formed.
  static func forEach(in list: RecordBytes, _ body: (Event) -> Void) {
    let none = RecordBytes(start: nil, count: 0)
    var event = Event(name: none)
    var parameter = (name: none, value: FieldValue?.none)
    var key = none
    var (index, depth) = (0, 0)
    while index < list.count {
      let byte = list[index]
      index += 1
      switch byte {
      case 0x5B: depth += 1
      case 0x7B:
        depth += 1
        if depth == 2 { event = Event(name: none) }
        if depth == 4 { parameter = (none, nil) }
      case 0x5D: depth -= 1
      case 0x7D:
        if depth == 4 {
          let whole = 0..<parameter.name.count
          if parameter.name.equals("doc_title", in: whole) { event.title = parameter.value }
          if parameter.name.equals("doc_id", in: whole) { event.id = parameter.value }
        } else if depth == 2 {
          body(event)
        }
        depth -= 1
      case 0x22:
        let start = index
        var isEscaped = false
        while index < list.count, list[index] != 0x22 {
          if list[index] == 0x5C {
            isEscaped = true
            index += 1
          }
          index += 1
        }
        let text = list.slice(start..<min(index, list.count))
        index += 1
        var next = index
        while next < list.count, list[next] <= 0x20 { next += 1 }
        if next < list.count, list[next] == 0x3A {
          key = text
          continue
        }
        guard let base = text.baseAddress else { continue }
        let value = FieldValue(
          start: base,
          count: text.count,
          kind: isEscaped ? .escaped : .text
        )
        let isName = key.equals("name", in: 0..<key.count)
        if depth == 2, isName { event.name = text }
        if depth == 4, isName { parameter.name = text }
        if depth == 4, key.equals("value", in: 0..<key.count) { parameter.value = value }
      default: break
      }
    }
  }
}
