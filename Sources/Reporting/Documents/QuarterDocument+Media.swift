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
      empty: nothing("Nothing, as far as logs tell of devices.", "端末の記録の範囲では、なし。")
    )
    for (incident, finding) in mediaFindings(facts) {
      seen.rows.append([
        .name(incident.id), .time(finding.first),
        .prose(style.message(of: finding)),
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
        .table(counted),
      ]
    )
  }

  /// What people have counted, under a heading of its own: the section has another table before it.
  private var counted: Document.Table {
    var table = told(
      "media",
      "media",
      [
        ("device", "Device", "媒体", false), ("holder", "Holder", "管理者", false),
        ("count", "Count", "数", true), ("note", "Note", "備考", false),
      ]
    )
    table.title = style.pick("Media as people counted them", "人が確認した媒体")
    return table
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

  /// Every device of the register in its order, then storage devices that none covers; `nil`: the logs of the
  /// quarter tell of no device.
  func deviceRows(_ facts: QuarterFacts) -> [DeviceRow]? {
    facts.devices.map { DeviceRow.rows($0.uses, register: estate.policy.devices) }
  }

  private var deviceTable: Document.Table {
    DeviceTable.make(
      "media_by_device",
      style.pick("Devices: the register, and what the logs show", "媒体別:登録台帳とログの照合"),
      deviceRows(facts) ?? estate.policy.devices.map { DeviceRow(name: $0.name, entry: $0) },
      facts.devices,
      empty: facts.devices == nil
        ? style.pick("Unknown: no state tells of devices.", "不明:媒体の接続は把握されていない。")
        : nothing(
          "No device is registered, and the logs show none.",
          "登録媒体はなく、ログにも媒体の接続は確認されない。"
        ),
      style
    )
  }

  func compareMedia(_ rows: inout QuarterComparison) {
    // Without a register no device is known to be in it, or not to be.
    func registered(_ facts: QuarterFacts) -> [DeviceRow]? {
      estate.policy.devices.isEmpty ? nil : deviceRows(facts)
    }
    rows.logNames("Registered devices attached", "接続された登録媒体") { facts in
      registered(facts)?.filter { $0.entry != nil && !$0.uses.isEmpty }.map(\.name)
    }
    rows.logNames("Storage devices not registered", "未登録の媒体") { facts in
      registered(facts)?.filter { $0.entry == nil }.map(\.name)
    }
    rows.logs("Attachments of these", "その接続回数") { facts in
      guard let rows = registered(facts) else { return .unknown }
      return .number(rows.filter { $0.entry == nil }.reduce(0) { $0 &+ $1.attachments })
    }
    rows.logNames("Registered, used outside their time", "登録期間外に使用された媒体") { facts in
      registered(facts)?.filter(\.isOutside).map(\.name)
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
