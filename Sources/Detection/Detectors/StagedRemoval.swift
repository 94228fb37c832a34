internal import Estate
internal import EventModel

/// Raises a finding when records are gathered in small exports and then may have left by a device or a
/// copy.
///
/// That is a storage device that no register names, or files copied to a removable disk or another host, at a terminal
/// that took 1,000 records or more without an instruction in the 30 days before, or takes them in the eight
/// hours after. Also when a privileged account gathers them: unexplained exports on three days out of 30
/// that come to a fourth of its role's limit of 30 days. And a backup or dump that is copied away, by its file's
/// name, from whatever host, by an account under no declared job and no open ticket (medium). And a dump that such an
/// account makes with higher rights at a host, if an unregistered device comes to that host within the eight hours
/// before or after (medium): how many records it holds no log of a host tells. Where the database's own log counts
/// what was taken there, that tells of it.
///
/// Exports and devices are told by different collectors with clocks of their own and without a common
/// account: they are joined by terminal, and a device may come before the export. Packing or encrypting
/// files within 24 hours before makes it graver. A device that `policy.devices` knows on that day, or one at a
/// terminal that took nothing, is not raised.
///
/// 1,000 records: the smallest set of an owner in the case that was taken whole; a fourth of the limit:
/// three or four exports of the size that stays below the limits of a day. The case: some 20 small exports
/// over weeks, then one stick. MITRE ATT&CK T1052.001 (Exfiltration over USB), T1074 (Data Staged), T1048.
final class StagedRemoval: HostDetector {
  static let name = "staged-removal"
  static let summary = "small exports gathered, then an unregistered device or a copy away"
  static let technique = "T1052.001"
  static let signal = Signal.removal
  static let gap: Int64 = 30 * 24 * 3_600_000_000_000

  private static let floor: Int64 = 1_000
  private static let hour: Int64 = 3_600_000_000_000
  /// Within how long a device and what it may have carried away belong together.
  private static let near: Int64 = 8 * hour
  /// A device's lines come within seconds of each other.
  private static let deviceHold: Int64 = 60_000_000_000
  private static let gathering = "gathering"
  private static let device = "device"
  private static let copied = "copied away"
  private static let dump = "dump"
  private static let dumpToDevice = "dump to device"

  private let limits: RoleLimits

  init(estate: DeclaredEstate) { limits = RoleLimits(estate: estate) }

  func observe(_ event: HostEvent, at host: inout HostState) -> [HostHit] {
    let time = event.row.time
    let place = FindingState.Place(event.row, charge: 0)
    let mark = HostState.Mark(time: time, account: event.row.account, place: place)
    switch event.kind {
    case .archive:
      // What is packed after a dump is the dump: that one says whose it is.
      if !Self.isNear(host.packed, time) { host.packed = mark }
    case .dump:
      host.packed = mark
      host.packed?.isSpecial = true
      guard let removal = host.removal, !removal.isSpecial, gathered(until: time, host).isEmpty,
        time &- removal.time <= Self.near
      else { return [] }
      return [Self.dumped(mark, to: removal)]
    case .transfer(let isDump):
      var hits = remove(mark, Self.copied, &host)
      if isDump { hits.append(Self.dumped(mark)) }
      host.removal = mark
      host.removal?.isSpecial = true
      return hits
    case .device(let isStorage, let isRegistered):
      if host.device == nil {
        host.device = mark
        host.device?.isSpecial = isRegistered
      } else if isRegistered {
        host.device?.isSpecial = true
      }
      if isStorage { host.device?.place.charge = 1 }
      host.due = min(host.due, (host.device?.time ?? time) &+ Self.deviceHold)
    default: break
    }
    return []
  }

  func settle(until time: Int64, at host: inout HostState) -> [HostHit] {
    guard let device = host.device else { return [] }
    guard time >= device.time &+ Self.deviceHold else {
      host.due = min(host.due, device.time &+ Self.deviceHold)
      return []
    }
    host.device = nil
    guard !device.isSpecial, device.place.charge == 1 else { return [] }
    host.removal = device
    let hits = remove(device, Self.device, &host)
    guard hits.isEmpty, let dump = host.packed, Self.isNear(dump, device.time) else { return hits }
    return [Self.dumped(dump, to: device)]
  }

  func observe(_ read: HostRead, at host: inout HostState) -> [HostHit] {
    guard read.unexplained.high > 0, read.row.account != .none else { return [] }
    gather(read, &host)
    if let removal = host.removal, read.row.time &- removal.time <= Self.near {
      return remove(removal, removal.isSpecial ? Self.copied : Self.device, &host)
    }
    guard read.isPrivileged, let limit = limits.limit(read.role, "30d") else { return [] }
    let mine = host.gathered.filter { $0.account == read.row.account }
    let charge = mine.reduce(0) { $0 &+ $1.charge }
    guard mine.count >= 3, charge >= limit / 4 else { return [] }
    return [
      hit(
        mine,
        account: read.row.account,
        subkey: Self.gathering,
        limit: limit / 4,
        at: read.row.time
      )
    ]
  }

  /// Whether a mark is of a dump not long before or after a time.
  private static func isNear(_ dump: HostState.Mark?, _ time: Int64) -> Bool {
    guard let dump, dump.isSpecial else { return false }
    return abs(time &- dump.time) <= near
  }

  /// A dump that may have left by a device: of whoever made it.
  private static func dumped(_ dump: HostState.Mark, to device: HostState.Mark) -> HostHit {
    var hit = dumped(dump)
    hit.subkey = dumpToDevice
    hit.time = max(dump.time, device.time)
    hit.places.append(device.place)
    return hit
  }

  /// A dump that was copied away: of everybody, and of how many nobody counts.
  private static func dumped(_ mark: HostState.Mark) -> HostHit {
    HostHit(
      account: mark.account,
      value: .unknown,
      limit: 0,
      unit: "records",
      severity: .medium,
      subkey: dump,
      time: mark.time,
      places: [mark.place],
      unstated: .unknown
    )
  }

  private static func describeDump(_ words: FindingWords) -> FindingText {
    FindingText(
      english:
        "account \(words.key): a backup or dump of a database was copied away, by no declared "
        + "job and under no open ticket; how many records it holds is unknown",
      japanese: "アカウント \(words.key): データベースのバックアップ(ダンプ)を持ち出し先へ複写。"
        + "該当するジョブも有効なチケットもなく、件数は不明",
      explanations: [
        "a restore test or a move that nobody registered", "a dump without customer records",
      ],
      explanationsJapanese: ["登録されていない復元試験・移設", "顧客情報を含まないダンプ"],
      technique: "T1048"
    )
  }

  private static func describeDumpToDevice(_ words: FindingWords) -> FindingText {
    FindingText(
      english:
        "account \(words.key): a database was dumped with higher rights, by no declared job and under no open ticket, "
        + "and a storage device that no register names was at that host within eight hours; how many records it holds is unknown",
      japanese: "アカウント \(words.key): 該当するジョブも有効なチケットもなく、管理者権限でデータベースをダンプ。"
        + "前後 8 時間以内に同じホストへ登録の確認できない記憶媒体を接続。件数は不明",
      explanations: [
        "a backup to a new medium that is not registered yet", "a dump without customer records",
      ],
      explanationsJapanese: ["登録前の新しい媒体へのバックアップ", "顧客情報を含まないダンプ"]
    )
  }

  private func gather(_ read: HostRead, _ host: inout HostState) {
    host.gathered.removeAll { $0.day <= read.day - 30 }
    let account = read.row.account
    if let index = host.gathered.lastIndex(where: { $0.day == read.day && $0.account == account }) {
      host.gathered[index].low &+= read.unexplained.low
      host.gathered[index].charge &+= read.charge
      host.gathered[index].reads &+= 1
      host.gathered[index].time = read.row.time
      if FindingState.isStronger(read.place, host.gathered[index].place) {
        host.gathered[index].place = read.place
      }
      return
    }
    if host.gathered.count >= HostState.mostGathered { host.gathered.removeFirst() }
    host.gathered.append(
      HostState.Gathered(
        day: read.day,
        account: account,
        time: read.row.time,
        low: read.unexplained.low,
        charge: read.charge,
        reads: 1,
        place: read.place
      )
    )
  }

  /// What was gathered here may have left: one finding for each account that gathered.
  private func remove(_ mark: HostState.Mark, _ way: String, _ host: inout HostState) -> [HostHit] {
    let recent = gathered(until: mark.time, host)
    guard !recent.isEmpty else { return [] }
    let isPacked = host.packed.map { abs(mark.time &- $0.time) <= 24 * Self.hour } ?? false
    var accounts: [NameID] = []
    for entry in recent where !accounts.contains(entry.account) { accounts.append(entry.account) }
    return accounts.map { account in
      let mine = recent.filter { $0.account == account }
      var hit = hit(mine, account: account, subkey: way, limit: Self.floor, at: mark.time)
      hit.severity = isPacked || hit.value.high >= 10_000 ? .critical : .high
      hit.places.append(mark.place)
      if isPacked, let packed = host.packed { hit.places.append(packed.place) }
      for index in hit.places.indices.dropFirst(hit.places.count - (isPacked ? 2 : 1)) {
        // What carried them away is evidence before any single export.
        hit.places[index].charge = Int64(1) << 40
      }
      return hit
    }
  }

  /// What was exported at a host within 30 days, once it is much.
  private func gathered(until time: Int64, _ host: HostState) -> [HostState.Gathered] {
    let recent = host.gathered.filter { time &- $0.time < 30 * 24 * Self.hour }
    return recent.reduce(0) { $0 &+ $1.charge } >= Self.floor ? recent : []
  }

  private func hit(
    _ mine: [HostState.Gathered],
    account: NameID,
    subkey: String,
    limit: Int64,
    at time: Int64
  ) -> HostHit {
    let low = mine.reduce(0) { $0 &+ $1.low }
    let charge = mine.reduce(0) { $0 &+ $1.charge }
    return HostHit(
      account: account,
      window: "30d",
      value: Volume(low: low, high: max(low, charge)),
      limit: limit,
      unit: "records",
      severity: .medium,
      subkey: subkey,
      time: time,
      places: mine.suffix(6).map(\.place)
    )
  }

  static func describe(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    if finding.subkey == dump { return describeDump(words) }
    if finding.subkey == dumpToDevice { return describeDumpToDevice(words) }
    if finding.subkey == gathering {
      return FindingText(
        english: "account \(words.key): exports on several days within 30, together "
          + "\(finding.value.english()), without an instruction that covers them",
        japanese: "アカウント \(words.key): 30 日間に数日に分けて \(finding.value.japanese)を書出し、"
          + "対応する指示なし",
        explanations: ["a recurring task that nobody registered", "repeated checks of a fault"],
        explanationsJapanese: ["登録されていない定例作業", "障害の繰返し確認"],
        technique: "T1074"
      )
    }
    let isDevice = finding.subkey == device
    return FindingText(
      english:
        "\(isDevice ? "a storage device that no register names" : "files copied away") at the terminal "
        + "from which account \(words.key) exported \(finding.value.english()) without an "
        + "instruction within 30 days",
      japanese: "アカウント \(words.key) が 30 日間に対応する指示なく \(finding.value.japanese)を書き出した端末で、"
        + (isDevice ? "登録の確認できない記憶媒体の接続" : "ファイルの外部への複写"),
      explanations: [
        "a new device that is not registered yet", "the device or copy served another purpose",
        "another person used the terminal",
      ],
      explanationsJapanese: ["登録前の新しい媒体", "別目的の媒体・複写", "別人による端末の使用"]
    )
  }
}
