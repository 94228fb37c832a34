public import EventModel

/// The audit log of the Kubernetes API server.
///
///     {"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"…","stage":"ResponseComplete","verb":
///     "get","user":{"username":"sato"},"sourceIPs":["192.0.2.7"],"objectRef":{"resource":"secrets",…},
///     "responseStatus":{"code":200},"requestReceivedTimestamp":"2026-04-01T09:12:34.157000Z"}
///
/// The stages of one request bear one `auditID` and are counted once. The resource is the object; what
/// a list returned is not stated.
///
/// Source: Kubernetes, staging/src/k8s.io/apiserver/pkg/apis/audit/v1/types.go.
public struct KubernetesAudit: MappedJSON {
  public static let name = "kubernetes-audit"
  public static let summary = "Kubernetes API server audit log (audit.k8s.io, JSON)"

  public let reader: EventReader

  public init(options: DecodeOptions, head: Span<UInt8>) {
    reader = EventReader(Self.map, options)
  }

  public static let map: EventMap = {
    var map = EventMap(
      signatures: [["auditID", "stage", "verb", "requestURI"]],
      columns: [
        (.time, ["requestReceivedTimestamp", "stageTimestamp"]),
        (.account, ["impersonatedUser.username", "user.username"]), (.program, ["userAgent"]),
        (.object, ["objectRef.resource", "requestURI"]), (.operation, ["verb"]),
        (.outcome, ["responseStatus.code"]), (.statement, ["auditID"]), (.subject, ["sourceIPs"]),
      ]
    )
    map.operations = [
      (.read, ["get", "list", "watch"]),
      (.write, ["create", "update", "patch", "delete", "deletecollection"]),
      (.privilege, ["impersonate", "escalate", "bind"]),
    ]
    map.lent = [.subject]
    return map
  }()

  /// The first of the addresses is the client's.
  public static func finish(
    _ event: MappedEvent,
    _ row: inout EventRow,
    _ names: inout NameTable
  ) {
    row.volume = .unknown
    (row.subject, row.begins, row.continues) = (0, 0, 0)
    if let address = event.firstText(.subject) { row.terminal = names.internOften(address) }
  }
}
