internal import Estate
internal import EventModel

/// Media: the register of devices beside what the logs show of devices and of removal.
extension QuarterDocument {
  var media: Document.Section {
    var seen = Document.Table(
      "media_seen",
      style.pick("What the logs show of media", "ログに現れた媒体"),
      [
        Document.Table.Column("incident", style.pick("Reference", "管理番号")),
        Document.Table.Column("time", style.pick("First", "最初")),
        Document.Table.Column("message", style.pick("What", "内容")),
      ],
      empty: style.pick("Nothing, as far as logs tell of devices.", "端末の記録の範囲では、なし。")
    )
    for (incident, finding) in mediaFindings(facts) {
      seen.rows.append([
        .name(incident.id), .time(finding.first),
        .prose(style.isJapanese ? finding.messageJapanese : finding.message),
      ])
    }
    return titled(
      "media",
      [
        .fields([
          Document.Field(
            "registered_devices",
            style.pick("Registered devices", "登録媒体"),
            estate.policy.devices.isEmpty
              ? [.unknown] : [.number(Int64(estate.policy.devices.count))],
            note: estate.policy.devices.isEmpty
              ? style.pick("no register is declared (policy.devices)", "登録台帳の申告なし(policy.devices)")
              : nil
          )
        ]), .table(deviceTable), .table(seen),
        .table(
          told(
            "media",
            "media",
            [
              ("device", "Device", "媒体", false), ("holder", "Holder", "管理者", false),
              ("count", "Count", "数", true), ("note", "Note", "備考", false),
            ]
          )
        ),
      ]
    )
  }

  /// Findings of a quarter that tell of media, each with its incident.
  func mediaFindings(_ facts: QuarterFacts) -> [(incident: Incident, finding: Finding)] {
    func isWithin(_ time: Timestamp) -> Bool {
      facts.period.contains(style.zone.dayNumber(of: time))
    }
    return facts.incidents.map(\.incident).flatMap { incident in
      incident.findings.filter {
        $0.signal == .removal && !$0.isGathering && (isWithin($0.time) || isWithin($0.first))
      }.map { (incident, $0) }
    }
  }

  // MARK: Devices

  /// A device of the register, or one that the logs show and no entry covers.
  struct DeviceRow {
    var name: String
    var entry: RegisteredDevice?
    var uses: [DeviceUse] = []

    var attachments: Int64 { uses.reduce(0) { $0 &+ $1.attachments } }

    /// Attached when its entry did not hold.
    var isOutside: Bool {
      guard let entry else { return false }
      return uses.contains { !entry.isValid(at: $0.first) || !entry.isValid(at: $0.last) }
    }
  }

  /// Every device of the register in its order, then storage devices that none covers; `nil`: the logs of the
  /// quarter tell of no device.
  func deviceRows(_ facts: QuarterFacts) -> [DeviceRow]? {
    guard let devices = facts.devices else { return nil }
    var rows = estate.policy.devices.map { DeviceRow(name: $0.name, entry: $0) }
    var others: [String: DeviceRow] = [:]
    for use in devices.uses {
      let known = rows.firstIndex { row in
        row.entry.map { entry in use.texts.contains { entry.matches($0) } } ?? false
      }
      if let known {
        rows[known].uses.append(use)
      } else if use.isStorage {
        let name = use.texts.joined(separator: ", ")
        others[name, default: DeviceRow(name: name)].uses.append(use)
      }
    }
    return rows + others.sorted { $0.key < $1.key }.map(\.value)
  }

  private var deviceTable: Document.Table {
    var table = Document.Table(
      "media_by_device",
      style.pick("Devices: the register, and what the logs show", "媒体別:登録台帳とログの照合"),
      [
        Document.Table.Column("device", style.pick("Device", "媒体")),
        Document.Table.Column("state", style.pick("Register", "台帳との照合")),
        Document.Table.Column("holder", style.pick("Holder", "管理者")),
        Document.Table.Column("terminals", style.pick("Terminals", "端末")),
        Document.Table.Column("attachments", style.pick("Attached", "接続回数"), isNumeric: true),
        Document.Table.Column("first", style.pick("First", "最初")),
        Document.Table.Column("last", style.pick("Last", "最後")),
      ],
      empty: facts.devices == nil
        ? style.pick("Unknown: no state tells of devices.", "不明:媒体の接続は把握されていない。")
        : style.pick(
          "No device is registered, and the logs show none.",
          "登録媒体はなく、ログにも媒体の接続は確認されない。"
        )
    )
    let rows =
      deviceRows(facts) ?? estate.policy.devices.map { DeviceRow(name: $0.name, entry: $0) }
    let isKnown = facts.devices != nil
    for row in rows {
      let state =
        row.entry == nil
        ? style.pick("not registered", "未登録")
        : row.isOutside
          ? style.pick("registered, used outside its time", "登録あり(期間外の使用)")
          : style.pick("registered", "登録あり")
      let terminals = Set(row.uses.map(\.terminal)).sorted()
      table.rows.append([
        .name(row.name), .words(state),
        row.entry.map { $0.holder.map { .name($0) } ?? .unknown } ?? .unknown,
        !isKnown
          ? .unknown
          : terminals.isEmpty ? .none : .prose(terminals.joined(separator: style.pick(", ", "、"))),
        isKnown ? .number(row.attachments) : .unknown,
        row.uses.map(\.first).min().map { .time($0) } ?? (isKnown ? .none : .unknown),
        row.uses.map(\.last).max().map { .time($0) } ?? (isKnown ? .none : .unknown),
      ])
    }
    var notes = [
      style.pick(
        "As hosts tell of devices (kernel messages, Windows 6416); a host without such logs shows none.",
        "端末のログ(カーネル、Windows 6416)による。これらを記録しない端末の接続は現れない。"
      )
    ]
    if let left = facts.devices?.leftOut, left > 0 {
      let count = NumberText.grouped(left)
      notes.append(
        style.pick(
          "\(count) older attachments are no longer kept device by device.",
          "古い接続 \(count) 回は媒体別の記録を保持していない。"
        )
      )
    }
    table.note = notes.joined(separator: style.isJapanese ? "" : " ")
    return table
  }

  func compareMedia(_ rows: inout QuarterComparison) {
    rows.logNames("Registered devices attached", "接続された登録媒体") { facts in
      deviceRows(facts)?.filter { $0.entry != nil && !$0.uses.isEmpty }.map(\.name)
    }
    rows.logNames("Storage devices not registered", "未登録の媒体") { facts in
      deviceRows(facts)?.filter { $0.entry == nil }.map(\.name)
    }
    rows.logs("Attachments of these", "その接続回数") { facts in
      .number(deviceRows(facts)?.filter { $0.entry == nil }.reduce(0) { $0 &+ $1.attachments })
    }
    rows.logNames("Registered, used outside their time", "登録期間外に使用された媒体") { facts in
      deviceRows(facts)?.filter(\.isOutside).map(\.name)
    }
    rows.logs("Signs of removal by media", "媒体による持出しの兆候") { facts in
      .number(Int64(mediaFindings(facts).count))
    }
    rows.names("Incidents with such a sign", "その兆候のある事案") { facts in
      mediaFindings(facts).map(\.incident.id)
    }
    rows.entries("Media counted by people", "人が確認した媒体", "media", "device")
    rows.eachEntry("media", "device", "count")
  }
}
