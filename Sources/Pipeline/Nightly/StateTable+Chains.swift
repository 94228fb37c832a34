internal import EventModel
internal import Storage

/// What persons and programs did with the store, as its chains tell.
extension StateTable {
  static func chain(
    named name: String,
    of store: Store
  ) throws(StoreError) -> (columns: [String], rows: [[Cell]]) {
    switch name {
    case "accesses":
      return (
        ["time", "command", "about", "range", "author"],
        try StoreAccess.all(in: store).map {
          [.text($0.time), .text($0.command), .text($0.about), .text($0.range), .text($0.author)]
        }
      )
    case "anchors":
      return (
        ["time", "night", "head", "token_sha256"],
        try Anchor.all(in: store).map {
          [
            .text($0.time), .number(Int64($0.night)), .text(ChainLink.hex($0.head)),
            $0.token.map { .text(ChainLink.hex(Store.digest($0))) } ?? .none,
          ]
        }
      )
    case "decisions":
      return (
        ["time", "id", "decision", "by", "reason", "author"],
        try Decision.all(in: store).map {
          [
            .text($0.time), .text($0.id), .text($0.kind.rawValue), .text($0.by), .text($0.reason),
            .text($0.author),
          ]
        }
      )
    default:
      var rows: [[Cell]] = []
      for change in try store.declaredRules().changes {
        func add(_ what: String, _ line: String) {
          rows.append([
            .text(change.time), .number(Int64(change.night)), .text(change.part.rawValue),
            .text(what), .text(line), .text(change.author),
          ])
        }
        for line in change.removed { add("removed", line) }
        for line in change.added { add("added", line) }
        for line in change.changed { add("changed", line) }
      }
      return (["time", "night", "part", "change", "line", "author"], rows)
    }
  }
}

extension StateText {
  /// When policy and exceptions changed, and in what.
  static func rules(_ store: Store) throws(StoreError) -> [String] {
    var lines: [String] = []
    for change in try store.declaredRules().changes {
      let start = "rules      \(change.part.rawValue), night \(change.night), \(change.time)"
      if change.isFirst {
        lines.append(
          "\(start) (\(change.author)): \(NumberText.counted(Int64(change.added.count), "line")), first kept"
        )
        continue
      }
      lines.append("\(start) (\(change.author)):")
      lines +=
        change.removed.map { "           - \($0)" } + change.added.map { "           + \($0)" }
        + change.changed.map { "           ! \($0)" }
    }
    return lines
  }
}
