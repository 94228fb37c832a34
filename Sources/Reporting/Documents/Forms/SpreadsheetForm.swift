internal import CXlsx
internal import EventModel

/// A document as a spreadsheet (Office Open XML, `.xlsx`): a sheet for the fields, one for each table.
///
/// Numbers, days and shares are values that a spreadsheet counts with; an interval takes two columns; unknown is
/// empty, and says so in words where it is a field. A text is never a formula, whatever it begins with. Written by
/// libxlsxwriter, which is loaded when it is first needed.
struct SpreadsheetForm: Sendable {
  /// Most characters of a cell, and most rows of a sheet, that spreadsheets read (ECMA-376; Excel's limits).
  private static let textLimit = 32_767
  private static let rowLimit = 1_048_000

  let document: Document

  init(_ document: Document) { self.document = document }

  /// Writes the document, or one table of it; `nil`: done, else what went wrong.
  func write(to path: String, table key: String?) -> String? {
    guard cxlsx_is_there() != 0 else {
      return "a spreadsheet needs libxlsxwriter (Debian: apt-get install libxlsxwriter4)"
    }
    guard let book = cxlsx_open(path, document.title, 1) else { return "the file cannot be made" }
    var names: Set<String> = []
    if key == nil || key == "fields" { addFields(to: book, &names) }
    for table in tables where key == nil || table.key == key { add(table, to: book, &names) }
    return cxlsx_close(book).map { String(cString: $0) }
  }

  private var tables: [Document.Table] {
    document.sections.flatMap(\.blocks).compactMap { block in
      switch block {
      case .table(let table): table
      case .picture(let picture): picture.table
      default: nil
      }
    }
  }

  // MARK: Sheets

  /// A name of at most 31 characters (UTF-16), none of `[]:*?/\`, no other's.
  static func sheetName(_ title: String, _ taken: inout Set<String>) -> String {
    let kept = title.map { "[]:*?/\\'".contains($0) ? " " : $0 }
    for number in 1... {
      let tail = number == 1 ? "" : " \(number)"
      var name = String(kept)
      while name.utf16.count + tail.utf16.count > 31 { name.removeLast() }
      name += tail
      if taken.insert(name.lowercased()).inserted { return name }
    }
    return title
  }

  private struct Sheet {
    let book: OpaquePointer
    let sheet: OpaquePointer
    var row: UInt32 = 0
    var widths: [Int] = []

    mutating func text(_ column: Int, _ text: String, _ look: cxlsx_look = cxlsx_plain) {
      let shown = String(text.prefix(SpreadsheetForm.textLimit))
      _ = cxlsx_text(book, sheet, row, UInt16(column), shown, look)
      note(column, DisplayWidth.of(shown))
    }

    mutating func value(_ column: Int, _ value: Double, _ look: cxlsx_look) {
      _ = cxlsx_value(book, sheet, row, UInt16(column), value, look)
      note(column, 12)
    }

    private mutating func note(_ column: Int, _ width: Int) {
      while widths.count <= column { widths.append(8) }
      widths[column] = max(widths[column], min(60, width + 2))
    }

    func setWidths() {
      for (column, width) in widths.enumerated() {
        cxlsx_width(sheet, UInt16(column), Double(width))
      }
    }
  }

  private func sheet(
    _ title: String,
    in book: OpaquePointer,
    _ names: inout Set<String>
  ) -> Sheet? {
    cxlsx_add(book, Self.sheetName(title, &names)).map { Sheet(book: book, sheet: $0) }
  }

  private func addFields(to book: OpaquePointer, _ names: inout Set<String>) {
    guard var sheet = sheet(document.title, in: book, &names) else { return }
    sheet.text(0, document.style.pick("Section", "区分"), cxlsx_heading)
    sheet.text(1, document.style.pick("Field", "項目"), cxlsx_heading)
    sheet.text(2, document.style.pick("Value", "内容"), cxlsx_heading)
    sheet.text(3, document.style.pick("Value (most)", "内容(最大)"), cxlsx_heading)
    for section in document.sections {
      for block in section.blocks {
        switch block {
        case .fields(let fields):
          for field in fields {
            for value in field.values {
              sheet.row += 1
              sheet.text(0, section.title)
              sheet.text(1, field.label)
              put(value, 2, in: &sheet, isInterval: value.isInterval)
            }
          }
        case .sentences(let cells):
          for cell in cells {
            sheet.row += 1
            sheet.text(0, section.title)
            sheet.text(2, document.style.text(cell))
          }
        default: break
        }
      }
    }
    cxlsx_table(sheet.sheet, 0, sheet.row, 4)
    sheet.setWidths()
  }

  private func add(_ table: Document.Table, to book: OpaquePointer, _ names: inout Set<String>) {
    guard var sheet = sheet(table.title, in: book, &names) else { return }
    let intervals = table.columns.indices.map { place in
      table.rows.contains { $0[place].isInterval }
    }
    if let frame = table.sheet {
      sheet.text(0, frame.title, cxlsx_title)
      sheet.row += 1
      add(frame.head, to: &sheet)
      sheet.row += 1
    }
    var column = 0
    for (place, heading) in table.columns.enumerated() {
      if intervals[place] {
        sheet.text(column, heading.title + document.style.pick(" (least)", "(最小)"), cxlsx_heading)
        sheet.text(
          column + 1,
          heading.title + document.style.pick(" (most)", "(最大)"),
          cxlsx_heading
        )
        column += 2
      } else {
        sheet.text(column, heading.title, cxlsx_heading)
        column += 1
      }
    }
    let (columns, heading) = (column, sheet.row)
    for row in table.rows.prefix(Self.rowLimit) {
      sheet.row += 1
      column = 0
      for (place, cell) in row.enumerated() {
        put(cell, column, in: &sheet, isInterval: intervals[place])
        column += intervals[place] ? 2 : 1
      }
    }
    if table.rows.isEmpty {
      sheet.row += 1
      sheet.text(0, table.empty)
    }
    cxlsx_table(
      sheet.sheet,
      heading,
      UInt32(clamping: min(table.rows.count, Self.rowLimit)),
      UInt16(columns)
    )
    if let note = table.note {
      sheet.row += 2
      sheet.text(0, note)
    }
    if let frame = table.sheet {
      sheet.row += 2
      add(frame.foot, to: &sheet)
    }
    sheet.setWidths()
  }

  /// A row for each value of each field: its label, and what is said.
  private func add(_ fields: [Document.Field], to sheet: inout Sheet) {
    for field in fields {
      for (place, value) in field.values.enumerated() {
        if place == 0 { sheet.text(0, field.label, cxlsx_heading) }
        sheet.text(1, document.style.text(value))
        sheet.row += 1
      }
    }
  }

  /// Of an interval both ends, of one value in a column of intervals twice that; what is unknown is said, as
  /// an empty cell would be read as none.
  private func put(
    _ cell: Cell,
    _ column: Int,
    in sheet: inout Sheet,
    isInterval: Bool
  ) {
    func unknown(_ column: Int) { sheet.text(column, document.style.unknown) }
    func day(_ day: Int, _ column: Int) {
      // Day 0 of spreadsheets is 1899-12-30; before March 1900 they count a day that never was.
      if day > -25_500 {
        sheet.value(column, Double(day + 25_569), cxlsx_day)
      } else {
        sheet.text(column, document.style.text(.day(day)))
      }
    }
    for column in isInterval && !cell.isInterval ? [column, column + 1] : [column] {
      switch cell {
      case .unknown, .share(nil): unknown(column)
      case .records(let volume):
        // A lower end of 0 of what nobody knows would be read as none.
        if volume.low == 0, volume.knownHigh == nil {
          unknown(column)
        } else {
          sheet.value(column, Double(volume.low), cxlsx_number)
        }
        if let high = volume.knownHigh {
          sheet.value(column + 1, Double(high), cxlsx_number)
        } else {
          unknown(column + 1)
        }
      case .number(let number): sheet.value(column, Double(number), cxlsx_number)
      case .share(.some(let share)): sheet.value(column, share, cxlsx_share)
      case .shares(let low, let high):
        sheet.value(column, low, cxlsx_share)
        sheet.value(column + 1, high, cxlsx_share)
      case .day(let number): day(number, column)
      case .days(let days):
        day(days.lowerBound, column)
        day(days.upperBound, column + 1)
      case .none, .words, .name, .prose, .digest, .time:
        // Words of a column of intervals stand once.
        sheet.text(column, document.style.text(cell))
        if case .time = cell { continue }
        return
      }
    }
  }
}

extension Document {
  /// Writes the document as a spreadsheet, or one table of it; `nil`: done, else what went wrong.
  public func writeSpreadsheet(to path: String, table: String? = nil) -> String? {
    SpreadsheetForm(self).write(to: path, table: table)
  }
}
