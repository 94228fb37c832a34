internal import Estate
internal import EventModel

/// Storage devices at the terminals concerned, by their serial numbers.
extension CaseDocument {
  /// Devices that the logs show at the terminals from the first day to a month after the last one; a device of
  /// the register that was not there is none of them.
  private var deviceRows: [DeviceRow] {
    let terminals = Set(incident.terminals)
    let uses = (story.devices?.uses ?? []).filter { terminals.contains($0.terminal) }
    return DeviceRow.rows(uses, register: estate.policy.devices).filter { !$0.uses.isEmpty }
  }

  /// The media: what people say, else what findings say; and each device by what the logs call it.
  var media: [Cell] {
    let told = (section.texts["media"] ?? []).filter { !$0.isEmpty }.map { Cell.prose($0) }
    let removal = findings.filter { $0.signal == .removal && !$0.isGathering }.map {
      Cell.prose(style.message(of: $0))
    }
    let devices = deviceRows.map { row in
      let serial = row.texts.joined(separator: ", ")
      let name = row.entry == nil || serial.isEmpty ? row.name : "\(row.name) (\(serial))"
      let terminals = Set(row.uses.map(\.terminal)).sorted().joined(
        separator: style.pick(", ", "、")
      )
      return Cell.prose(
        style.pick(
          "\(name): \(row.state(style)), at \(terminals), attached \(times(row.attachments))",
          "\(name): \(row.state(style))、端末 \(terminals) に \(NumberText.grouped(row.attachments)) 回接続"
        )
      )
    }
    let found = (told.isEmpty ? removal : told) + devices
    return found.isEmpty ? [.unknown] : found
  }

  private func times(_ count: Int64) -> String {
    count == 1 ? "once" : "\(NumberText.grouped(count)) times"
  }

  var deviceTable: Document.Table {
    DeviceTable.make(
      "media_by_device",
      style.pick("Storage devices at these terminals", "関係端末に接続された記憶媒体"),
      deviceRows,
      story.devices,
      empty: story.devices == nil
        ? style.pick("Unknown: no state tells of devices.", "不明:媒体の接続は把握されていない。")
        : style.pick(
          "None, as far as these terminals log devices.",
          "端末のログの範囲では、接続は確認されない。"
        ),
      style
    )
  }
}
