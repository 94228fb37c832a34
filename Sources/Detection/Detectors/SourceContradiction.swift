internal import Estate
internal import EventModel

/// Raises a finding when two sources cannot both be right: more bytes came to a terminal from a server than the
/// audited reads of that terminal explain, audit and wire state different numbers for one statement, or an access log
/// has a download of which the application, that tells of such (`SourceTwins`), tells nothing.
///
/// A flow waits twelve hours for the reads that were made over it (a session's flow begins before its
/// reads); each read explains as many bytes as its records can have at most, by the owner's
/// `bytes-per-record` and a fourth more, and a read that nothing bounds explains everything. What is left of
/// a flow, or of 30 days' flows, is judged at 200 bytes a record against 10,000 records in a flow or 30,000
/// in 30 days; flows of 10,000 records on three days of a year recur, and are high. The bytes may have been anything: they count as 0 up to so many records of an owner unknown.
///
/// Judged are servers, which are declared terminals without a person, and not what a declared job of the
/// receiving terminal fetches at its time. Flows under 100 kB are passed over. Without an account the
/// finding is that of the terminal, and of its declared person.
///
/// Of one statement (same account, terminal and tables within five seconds, and no other that it could be) two
/// numbers at least 1,000 records and a tenth apart are told; what was read lies between the two. So is a statement of
/// 1,000 records or more on the wire where the audit has fewer than ten for it, or nothing between lines of its
/// session: what was read is what the wire has counted. Where no statement that both told within five seconds has shown that
/// their clocks agree, fewer than ten beside it are told as unsure, with low severity.
///
/// 10,000 records: an administrator's limit of 30 days; a flow of 2 MB is beyond what is typed and shown
/// in a session. MITRE ATT&CK T1048 (Exfiltration Over Alternative Protocol), T1039 (Data from Network
/// Shared Drive).
final class SourceContradiction: HostDetector {
  static let name = "source-contradiction"
  static let summary = "two sources cannot both be right: bytes or rows without an audited read"
  static let technique = "T1048"
  static let signal = Signal.sources
  static let gap: Int64 = 400 * 24 * 3_600_000_000_000

  private static let hour: Int64 = 3_600_000_000_000
  private static let hold = 12 * hour
  private static let slack: Int64 = 600_000_000_000
  private static let smallest: Int64 = 100_000
  private static let flowLimit: Int64 = 10_000
  private static let monthLimit: Int64 = 30_000
  private static let recurring = "recurring flows"
  private static let yearDays: Int64 = 365
  private static let daysLimit: Int64 = 3

  /// The fewest bytes an exported record has, of all owners.
  private let fewestBytes: Int64

  init(estate: DeclaredEstate) {
    fewestBytes = max(20, estate.owners.compactMap { $0.bytesPerRecord?.lowerBound }.min() ?? 100)
  }

  func observe(_ event: HostEvent, at host: inout HostState) -> [HostHit] {
    guard case .flow(_, let bytes) = event.kind, bytes >= Self.smallest else { return [] }
    var hits: [HostHit] = []
    if host.flows.count >= HostState.mostFlows, let first = host.flows.first {
      hits = judge(first, &host)
      host.flows.removeFirst()
    }
    host.flows.append(
      HostState.Flow(
        time: event.row.time,
        bytes: bytes,
        place: FindingState.Place(event.row, charge: bytes)
      )
    )
    host.due = min(host.due, event.row.time &+ Self.hold)
    return hits
  }

  func observe(_ read: HostRead, at host: inout HostState) -> [HostHit] {
    if host.reads.count >= HostState.mostReads { host.reads.removeFirst() }
    host.reads.append(HostState.Read(time: read.row.time, bytes: read.mostBytes))
    return []
  }

  func settle(until time: Int64, at host: inout HostState) -> [HostHit] {
    var hits: [HostHit] = []
    while let flow = host.flows.first, time >= flow.time &+ Self.hold {
      hits += judge(flow, &host)
      host.flows.removeFirst()
    }
    if let next = host.flows.first { host.due = min(host.due, next.time &+ Self.hold) }
    let oldest = (host.flows.first?.time ?? time) &- Self.slack
    host.reads.removeAll { $0.time < min(oldest, time &- Self.hold) }
    return hits
  }

  private func judge(_ flow: HostState.Flow, _ host: inout HostState) -> [HostHit] {
    var left = flow.bytes
    for index in host.reads.indices where left > 0 {
      let read = host.reads[index]
      guard read.time >= flow.time &- Self.slack, read.time <= flow.time &+ Self.hold else {
        continue
      }
      if read.bytes == .max { return [] }
      let part = min(left, read.bytes)
      host.reads[index].bytes -= part
      left -= part
    }
    guard left >= Self.smallest else { return [] }
    let day = flow.time / (24 * Self.hour)
    host.excess.removeAll { $0.day <= day - Self.yearDays }
    if let last = host.excess.indices.last, host.excess[last].day == day {
      host.excess[last].bytes &+= left
    } else {
      host.excess.append(HostState.Excess(day: day, bytes: left))
    }
    let month = host.excess.reduce(0) { $1.day > day - 30 ? $0 &+ $1.bytes : $0 }
    let each = VolumeBounds.assumedBytesPerRecord
    let days = Int64(host.excess.count { $0.bytes >= Self.flowLimit * each })
    let isFlow = left >= Self.flowLimit * each
    guard isFlow || month >= Self.monthLimit * each else { return [] }
    let bytes = isFlow ? left : month
    let most = bytes / fewestBytes
    let again = HostHit(
      window: "365d",
      value: .exactly(days),
      limit: Self.daysLimit,
      unit: "days",
      severity: .high,
      subkey: Self.recurring,
      time: flow.time,
      places: [flow.place]
    )
    let recurs = isFlow && days >= Self.daysLimit
    return (recurs ? [again] : []) + [
      HostHit(
        window: isFlow ? "event" : "30d",
        value: Volume(low: 0, high: most, quality: .estimated),
        limit: isFlow ? Self.flowLimit : Self.monthLimit,
        unit: "records",
        severity: bytes / each >= 100_000 ? .high : .medium,
        subkey: "flows",
        time: flow.time,
        places: [flow.place],
        unstated: Volume(low: 0, high: left / fewestBytes, quality: .estimated)
      )
    ]
  }

  /// Two numbers for one statement; `isSure`: whether it is one is not a matter of clocks.
  static func hit(less: EventRow, more: EventRow, isSure: Bool = true) -> HostHit {
    let apart = Volume(
      low: max(0, more.recordsLow - less.recordsHigh),
      high: more.recordsHigh == Volume.unbounded
        ? Volume.unbounded : more.recordsHigh - less.recordsLow,
      quality: more.quality
    )
    return HostHit(
      account: more.account,
      value: apart,
      limit: DetectionEngine.leastApart,
      unit: "records",
      severity: !isSure ? .low : apart.low >= flowLimit ? .high : .medium,
      subkey: isSure ? "counts" : "clocks",
      time: max(less.time, more.time),
      places: [
        FindingState.Place(more, charge: more.recordsLow),
        FindingState.Place(less, charge: less.recordsLow),
      ]
    )
  }

  /// A statement on the wire of which the audit tells nothing, though it tells of others of the session.
  static func hit(unaudited row: EventRow, beside neighbour: EventRow) -> HostHit {
    HostHit(
      account: row.account,
      value: row.volume,
      limit: DetectionEngine.leastApart,
      unit: "records",
      severity: row.recordsLow >= flowLimit ? .high : .medium,
      subkey: "audit",
      time: row.time,
      places: [
        FindingState.Place(row, charge: row.recordsLow), FindingState.Place(neighbour, charge: 0),
      ]
    )
  }

  /// A download of which the application tells nothing.
  static func hit(_ download: SourceTwins.Lone) -> HostHit {
    let isMuch = download.bytes / VolumeBounds.assumedBytesPerRecord >= flowLimit
    return HostHit(
      account: download.account,
      value: Volume(low: 0, high: download.most, quality: .estimated),
      limit: 0,
      unit: "records",
      severity: isMuch ? .high : .medium,
      subkey: "web",
      time: download.time,
      places: [download.place]
    )
  }

  private static func describeWeb(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    FindingText(
      english:
        "\(words.kind.word) \(words.key): a download of which the application tells nothing, though it tells "
        + "of such, \(finding.value.english()) by its bytes",
      japanese: "\(words.kind.japanese) \(words.key): アプリケーションの記録にないダウンロード"
        + "(同種のものは記録される。通信量から\(finding.value.japanese))",
      explanations: [
        "a line of the application's log that was lost",
        "a function of the application that logs nothing",
      ],
      explanationsJapanese: ["アプリケーションログの行の欠落", "記録を残さない機能"]
    )
  }

  private static func describeCounts(
    _ finding: FindingState,
    _ words: FindingWords
  ) -> FindingText {
    FindingText(
      english: "account \(words.key): two sources state different numbers for one statement, "
        + "\(finding.value.english()) apart",
      japanese: "アカウント \(words.key): 同じ文の件数が二つの記録元で食い違う"
        + "(差 \(finding.value.japanese))",
      explanations: [
        "a client that broke off before it had all",
        "two statements, one of which each source lacks",
      ],
      explanationsJapanese: ["途中で受信をやめたクライアント", "それぞれの記録元に一方だけが残る二つの文"]
    )
  }

  private static func describeClocks(
    _ finding: FindingState,
    _ words: FindingWords
  ) -> FindingText {
    FindingText(
      english:
        "account \(words.key): the audit states next to nothing at the time of a statement on the wire, "
        + "\(finding.value.english()) apart; nothing shows that their clocks agree",
      japanese: "アカウント \(words.key): 通信にある文と同じ時刻の監査記録の件数がごくわずか"
        + "(差 \(finding.value.japanese)。両者の時計が合っているかは不明)",
      explanations: [
        "clocks of audit and capture that are more than five seconds apart",
        "statements that the audit is not set up to record",
      ],
      explanationsJapanese: ["監査記録と通信記録の時計の5秒を超えるずれ", "監査の記録対象でない文"]
    )
  }

  private static func describeAudit(
    _ finding: FindingState,
    _ words: FindingWords
  ) -> FindingText {
    FindingText(
      english:
        "account \(words.key): a statement on the wire of which the audit tells nothing, though it tells of "
        + "others of the session, \(finding.value.english())",
      japanese: "アカウント \(words.key): 通信にあって監査記録にない文"
        + "(同じ接続の他の文は記録されている。\(finding.value.japanese))",
      explanations: [
        "a line of the audit that was lost", "statements that the audit is not set up to record",
      ],
      explanationsJapanese: ["監査記録の行の欠落", "監査の記録対象でない文"]
    )
  }

  static func describe(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    if finding.subkey == "clocks" { return describeClocks(finding, words) }
    if finding.subkey == "counts" { return describeCounts(finding, words) }
    if finding.subkey == "audit" { return describeAudit(finding, words) }
    if finding.subkey == "web" { return describeWeb(finding, words) }
    let isAgain = finding.subkey == recurring
    let days = NumberText.grouped(finding.value.high)
    return FindingText(
      english: "terminal \(words.key) received bytes from a server that no audited read explains, "
        + (isAgain
          ? "on \(days) days of the last 365 as many as 10,000 records have, limit \(finding.limit)"
          : "\(finding.value.english()) if they were such"),
      japanese: "端末 \(words.key) がサーバから受信した通信量は監査記録の読出しで説明できない"
        + (isAgain
          ? "(直近365日のうち \(days) 日、いずれも記録1万件相当以上。上限 \(finding.limit) 日)"
          : "(記録であれば\(finding.value.japanese))"),
      explanations: [
        "files that hold no customer records", "a service whose audit is not among these logs",
        "a backup or update that is not declared as a job",
      ],
      explanationsJapanese: ["顧客情報でないファイル", "監査ログが渡されていないサービス", "ジョブとして宣言されていないバックアップ・更新"]
    )
  }
}
