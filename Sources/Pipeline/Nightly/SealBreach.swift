internal import EventModel
internal import Storage

/// Something sealed that is no longer what it was.
struct SealBreach: Sendable {
  enum Kind: String, Sendable, CaseIterable {
    case gone, cut, altered
  }

  var kind: Kind
  var source: String
  var path: String
  var stream: Int
  var bytes: Int64
  var time: Int64
  var severity: Severity
  /// Whether other bytes lie where a log lay that is gone.
  var isReplaced = false

  /// A log that goes this soon after its last line was not let go by rotation.
  private static let soon = 7 * Timestamp.nanosecondsPerDay

  /// `newest`: the latest time of any event; `last`: that of the log.
  init(_ kind: Kind, _ stream: StoredStream, newest: Int64?, last: Int64?) {
    self.kind = kind
    source = stream.source
    path = stream.path
    self.stream = stream.id
    bytes = stream.consumed
    time = last ?? newest ?? 0
    severity = .high
    guard kind == .gone else { return }
    isReplaced = FileStatus(path: path) != nil
    let isRecent = newest.map { $0 - (last ?? $0) < Self.soon } ?? true
    severity = isRecent ? .medium : .informational
  }

  static func id(of kind: Kind, _ stream: Int) -> String {
    SHA256(Array("sealed-evidence \(kind.rawValue) \(stream)".utf8)[...])
      .map { String($0.hex.prefix(16)) } ?? ""
  }

  /// The finding, as an incident of the source.
  var incident: Incident {
    var incident = Incident(
      id: Self.id(of: kind, stream),
      severity: severity,
      actor: "source:\(source)",
      first: Timestamp(nanoseconds: time),
      last: Timestamp(nanoseconds: time)
    )
    incident.records = Volume(low: 0, high: Volume.unbounded, quality: .unknown)
    var finding = Finding(
      id: incident.id,
      detector: "sealed-evidence",
      severity: severity,
      time: Timestamp(nanoseconds: time)
    )
    finding.window = "lifetime"
    finding.value = .exactly(bytes)
    finding.unit = "bytes"
    finding.counter = "log \(path)"
    finding.technique = "T1070"
    finding.events = 1
    (finding.message, finding.messageJapanese) = message
    finding.explanations = ["log rotation", "files moved or restored by hand"]
    finding.explanationsJapanese = ["ログのローテーション", "手作業による移動・復元"]
    incident.findings = [finding]
    return incident
  }

  var notice: Notice {
    let (english, japanese) = message
    return Notice(.seal, english: english + ".", japanese: japanese + "。")
  }

  private var message: (String, String) {
    switch kind {
    case .gone where isReplaced:
      (
        "\(path): what stands there now begins otherwise: the log is gone or was written over; \(bytes) bytes"
          + " of it are sealed",
        "\(path): 現在の内容は先頭から異なり、封印したログが失われたか上書きされた(封印済み \(bytes) バイト)"
      )
    case .gone:
      (
        "\(path): the log is gone; \(bytes) bytes of it are sealed",
        "\(path): ログが見つからない(封印済み \(bytes) バイト)"
      )
    case .cut:
      (
        "\(path): cut short; \(bytes) bytes of it are sealed and some are missing now",
        "\(path): ログが切り詰められた(封印済み \(bytes) バイトの一部が失われた)"
      )
    case .altered:
      (
        "\(path): what was sealed of it is no longer what stands there",
        "\(path): 封印した内容と現在の内容が一致しない"
      )
    }
  }
}
