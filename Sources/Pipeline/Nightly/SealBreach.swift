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
  /// Bytes that a watch took and that no seal is over.
  var unsealed: Int64 = 0
  /// Whether other bytes lie where a log lay that is gone.
  var isReplaced = false
  /// Whether the log itself lies there still, and no source reads it any more.
  var isUnread = false
  /// The log that goes on in its place, and where that lies when it is elsewhere; `nil`: not known.
  var next: Int?
  var nextPath: String?

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
    if let status = FileStatus(path: path) {
      isUnread =
        status.device == stream.device && status.inode == stream.inode
        && status.size == stream.size && status.changed == stream.changed
      isReplaced = !isUnread
    }
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
    let rest =
      unsealed == 0
      ? ("", "")
      : (
        ", \(NumberText.counted(unsealed, "byte")) more a watch took, and no seal is over them",
        "、ほか \(unsealed) バイトは読み取り済みで封印なし"
      )
    return switch kind {
    case .gone where isUnread:
      (
        "\(path): the log lies there and is read no more: no source declares it; \(bytes) bytes of it are sealed"
          + rest.0,
        "\(path): ログは残っているが、どのソースにも宣言されておらず読み取られない(封印済み \(bytes) バイト\(rest.1))"
      )
    case .gone where isReplaced:
      (
        "\(path): the log is gone, and another lies in its place; \(bytes) bytes of it are sealed"
          + rest.0,
        "\(path): ログが見つからず、同じ場所に別のログがある(封印済み \(bytes) バイト\(rest.1))"
      )
    case .gone:
      (
        "\(path): the log is gone; \(bytes) bytes of it are sealed" + rest.0,
        "\(path): ログが見つからない(封印済み \(bytes) バイト\(rest.1))"
      )
    case .altered where isReplaced:
      (
        "\(path): was written over or replaced: what stands there now is of the same time, and not what was"
          + " sealed; \(bytes) bytes of it are sealed" + rest.0,
        "\(path): 上書きまたは差し替えられた。現在の内容は同じ時期のもので、封印した内容と一致しない"
          + "(封印済み \(bytes) バイト\(rest.1))"
      )
    case .cut:
      (
        "\(path): cut short; \(bytes) bytes of it are sealed and some are missing now",
        "\(path): ログが切り詰められた(封印済み \(bytes) バイトの一部が失われた)"
      )
    case .altered where nextPath != nil:
      (
        "\(path): is \(nextPath ?? "") now, which begins as it did and is not what was sealed of it;"
          + " \(bytes) bytes of it are sealed" + rest.0,
        "\(path): 現在は \(nextPath ?? "")。先頭は同じだが、封印した内容と一致しない(封印済み \(bytes) バイト\(rest.1))"
      )
    case .altered:
      (
        "\(path): what was sealed of it is no longer what stands there",
        "\(path): 封印した内容と現在の内容が一致しない"
      )
    }
  }
}
