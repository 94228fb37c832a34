internal import EventModel

/// A document as one JSON object: docs/formats/report.md and report.schema.json.
struct JSONForm: Sendable {
  let document: Document

  init(_ document: Document) { self.document = document }

  static let schemaVersion: Int64 = 1

  func render() -> String {
    var writer = JSONWriter()
    writer.object { object in
      object.field("format", "ometsuke-report")
      object.field("schema", Self.schemaVersion)
      object.field("kind", document.kind.rawValue)
      object.field("language", document.style.language.rawValue)
      object.field("title", document.title, limit: DocumentStyle.proseLimit)
      object.key("issued")
      object.bool(document.isIssued)
      object.field("program", document.program)
      object.field("highlights", document.highlights) { write($1, to: &$0) }
      object.field("sections", document.sections) { write($1, to: &$0) }
    }
    writer.lineFeed()
    return writer.text
  }

  private func write(_ section: Document.Section, to object: inout JSONWriter) {
    object.field("key", section.key)
    object.field("title", section.title)
    object.key("fields")
    object.array { list in
      for case .fields(let fields) in section.blocks {
        for field in fields { list.object { write(field, to: &$0) } }
      }
    }
    object.key("sentences")
    object.array { list in
      for case .sentences(let cells) in section.blocks {
        for cell in cells { write(cell, to: &list) }
      }
    }
    object.key("tables")
    object.array { list in
      for block in section.blocks {
        switch block {
        case .table(let table): list.object { write(table, picture: nil, to: &$0) }
        case .picture(let picture):
          list.object { write(picture.table, picture: picture, to: &$0) }
        default: break
        }
      }
    }
  }

  private func write(_ field: Document.Field, to object: inout JSONWriter) {
    object.field("key", field.key)
    object.field("label", field.label)
    object.key("values")
    object.array { for value in field.values { write(value, to: &$0) } }
    object.field("note", field.note, limit: DocumentStyle.proseLimit)
  }

  private func write(
    _ table: Document.Table,
    picture: Document.Picture?,
    to object: inout JSONWriter
  ) {
    object.field("key", table.key)
    object.field("title", table.title)
    object.field("columns", table.columns) { item, column in
      item.field("key", column.key)
      item.field("title", column.title)
    }
    object.key("rows")
    object.array { rows in
      for row in table.rows { rows.array { for cell in row { write(cell, to: &$0) } } }
    }
    object.field("empty", table.rows.isEmpty ? table.empty : nil, limit: DocumentStyle.proseLimit)
    object.field("note", table.note, limit: DocumentStyle.proseLimit)
    object.field("picture", picture?.summary, limit: DocumentStyle.proseLimit)
  }

  private func write(_ cell: Cell, to writer: inout JSONWriter) {
    switch cell {
    case .unknown, .share(nil): writer.null()
    case .none:
      writer.object { object in
        object.key("none")
        object.bool(true)
      }
    case .words(let text), .prose(let text):
      writer.string(SafeText.bounded(text, limit: DocumentStyle.proseLimit))
    case .name(let text): writer.string(SafeText.bounded(text))
    case .digest(let text): writer.string(SafeText.bounded(text))
    case .number(let number): writer.integer(number)
    case .records(let volume):
      writer.object { object in
        object.field("low", volume.low)
        object.field("high", volume.knownHigh)
        object.field("quality", volume.quality.name)
      }
    case .share(.some(let share)): writer.number(share)
    case .shares(let low, let high):
      writer.object { object in
        object.key("low")
        object.number(low)
        object.key("high")
        object.number(high)
      }
    case .time(let time): writer.string(time.description)
    case .day(let day): writer.string(CivilCalendar.text(ofDay: day))
    case .days(let days):
      writer.object { object in
        object.field("from", CivilCalendar.text(ofDay: days.lowerBound))
        object.field("until", CivilCalendar.text(ofDay: days.upperBound))
      }
    }
  }
}
