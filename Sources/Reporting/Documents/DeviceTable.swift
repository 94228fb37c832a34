internal import Estate
internal import EventModel

/// A device of the register, or one that the logs show and no entry covers.
struct DeviceRow {
  var name: String
  var entry: RegisteredDevice?
  var uses: [DeviceUse] = []
  /// Whether there is a register at all: without one nobody knows what is registered.
  var hasRegister = true

  var attachments: Int64 { uses.reduce(0) { $0 &+ $1.attachments } }

  /// Attached when its entry did not hold.
  var isOutside: Bool {
    guard let entry else { return false }
    return uses.contains { !entry.isValid(at: $0.first) || !entry.isValid(at: $0.last) }
  }

  /// Every device of the register in its order, used or not, then storage devices that none covers.
  static func rows(_ uses: [DeviceUse], register: [RegisteredDevice]) -> [Self] {
    var rows = register.map { Self(name: $0.name, entry: $0) }
    var others: [String: Self] = [:]
    for use in uses {
      let known = rows.firstIndex { row in
        row.entry.map { entry in use.texts.contains { entry.matches($0) } } ?? false
      }
      if let known {
        rows[known].uses.append(use)
      } else if use.isStorage {
        let name = use.texts.joined(separator: ", ")
        others[name, default: Self(name: name, hasRegister: !register.isEmpty)].uses.append(use)
      }
    }
    return rows + others.sorted { $0.key < $1.key }.map(\.value)
  }

  /// What the logs call it: its serial number, else its model.
  var texts: [String] { Set(uses.map(\.name)).subtracting([""]).sorted() }

  func state(_ style: DocumentStyle) -> String {
    !hasRegister
      ? style.pick("unknown: no register is declared", "不明(登録台帳の申告なし)")
      : entry == nil
        ? style.pick("not registered", "未登録")
        : isOutside
          ? style.pick("registered, used outside its time", "登録あり(期間外の使用)")
          : style.pick("registered", "登録あり")
  }
}

/// Devices, each with how the register stands to it and where and when it was attached.
enum DeviceTable {
  /// `known`: what the logs tell of devices; `nil`: nothing is known, so that no number is 0.
  static func make(
    _ key: String,
    _ title: String,
    _ rows: [DeviceRow],
    _ known: DeviceUses?,
    empty: String,
    _ style: DocumentStyle
  ) -> Document.Table {
    var table = Document.Table(
      key,
      title,
      [
        Document.Table.Column("device", style.pick("Device", "媒体")),
        Document.Table.Column("state", style.pick("Register", "台帳との照合")),
        Document.Table.Column("holder", style.pick("Holder", "管理者")),
        Document.Table.Column("terminals", style.pick("Terminals", "端末")),
        Document.Table.Column("attachments", style.pick("Attached", "接続回数"), isNumeric: true),
        Document.Table.Column("first", style.pick("First", "最初")),
        Document.Table.Column("last", style.pick("Last", "最後")),
      ],
      empty: empty
    )
    let isKnown = known != nil
    for row in rows {
      let terminals = Set(row.uses.map(\.terminal)).sorted()
      table.rows.append([
        .name(row.name), .words(row.state(style)),
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
    if let left = known?.leftOut, left > 0 {
      let count = NumberText.grouped(left)
      notes.append(
        style.pick(
          "\(NumberText.counted(left, "older attachment")) \(left == 1 ? "is" : "are") no longer kept device by device.",
          "古い接続 \(count) 回は媒体別の記録を保持していない。"
        )
      )
    }
    table.note = notes.joined(separator: style.isJapanese ? "" : " ")
    return table
  }
}
