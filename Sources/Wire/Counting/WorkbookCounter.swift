/// Counts the rows of the sheets of a workbook (XLSX) while it passes.
///
/// The file is a ZIP whose entries follow each other; a sheet is inflated and its `<row>` elements that hold a value
/// are counted, nothing is kept. A first row of texts alone is the header.
///
/// Source: ECMA-376, part 1, 18.3.1.73; PKWARE, "APPNOTE", 4.3.
struct WorkbookCounter {
  private enum Place {
    case header, name
    case data
    /// What follows an entry of unknown size: a descriptor, then the next.
    case after
    case over
  }

  private var place = Place.header
  private var held: [UInt8] = []
  private var flags = 0
  private var method = 0
  private var size = 0
  private var nameSize = 0
  private var extraSize = 0
  private var left = 0
  private var isSheet = false
  private var decompressor: Decompressor?
  private var sheet = SheetCounter()
  private var total: Int64 = 0
  private var hasSheet = false

  var count: Int64? {
    guard hasSheet else { return nil }
    return total + (isSheet ? sheet.rows : 0)
  }

  mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
    var at = 0
    while at < bytes.count {
      switch place {
      case .header:
        hold(bytes, &at, until: 30)
        if held.count == 30 { readHeader() }
      case .name:
        hold(bytes, &at, until: nameSize)
        guard held.count == nameSize else { return }
        beginEntry()
      case .data: at += passData(UnsafeBufferPointer(rebasing: bytes[at...]))
      case .after: seek(bytes, &at)
      case .over: return
      }
    }
  }

  private mutating func hold(_ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int, until: Int) {
    let end = min(bytes.count, at + until - held.count)
    held.append(contentsOf: bytes[at..<end])
    at = end
  }

  private mutating func readHeader() {
    var reader = ByteReader(held)
    held = []
    guard reader.little(4) == 0x0403_4B50, reader.skip(2), let flags = reader.little(2),
      let method = reader.little(2), reader.skip(8), let size = reader.little(4), reader.skip(4),
      let nameSize = reader.little(2), let extraSize = reader.little(2), flags & 1 == 0
    else {
      place = .over
      return
    }
    self.flags = flags
    self.method = method
    self.size = size
    self.nameSize = nameSize + extraSize
    self.extraSize = extraSize
    place = .name
    if nameSize + extraSize == 0 { beginEntry() }
  }

  private mutating func beginEntry() {
    let name = Array(held.dropLast(extraSize))
    held = []
    isSheet = name.hasPrefixText("xl/worksheets/") && name.hasSuffixText(".xml")
    if isSheet {
      hasSheet = true
      sheet = SheetCounter()
    }
    left = size
    let isOpen = flags & 8 != 0 && size == 0
    guard method == 8 || method == 0 && !isOpen else {
      place = .over
      return
    }
    decompressor = method == 8 && (isSheet || isOpen) ? Decompressor(.raw) : nil
    if isOpen { left = .max }
    place = .data
    if left == 0 { endEntry() }
  }

  private mutating func passData(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    let part = UnsafeBufferPointer(rebasing: bytes[..<min(bytes.count, left)])
    guard let decompressor else {
      if isSheet { sheet.add(part) }
      left -= part.count
      if left == 0 { endEntry() }
      return part.count
    }
    var sheet = sheet
    let isSheet = isSheet
    let taken = decompressor.decode(part) { if isSheet { sheet.add($0) } }
    self.sheet = sheet
    if decompressor.state == .broken {
      endEntry()
      place = .over
      return part.count
    }
    guard left == .max else {
      left -= part.count
      if left == 0 { endEntry() }
      return part.count
    }
    if decompressor.state == .ended { endEntry() }
    return taken
  }

  private mutating func endEntry() {
    if isSheet { total += sheet.rows }
    isSheet = false
    decompressor = nil
    place = flags & 8 != 0 ? .after : .header
  }

  /// Looks for the next entry behind a descriptor; the catalogue ends the file.
  private mutating func seek(_ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int) {
    while at < bytes.count {
      held.append(bytes[at])
      at += 1
      guard held.count >= 4 else { continue }
      let last = Array(held.suffix(4))
      if last == [0x50, 0x4B, 3, 4] {
        held = last
        place = .header
        return
      }
      if last == [0x50, 0x4B, 1, 2] || held.count > 28 {
        held = []
        place = .over
        return
      }
    }
  }
}

/// Counts the rows of one sheet that hold a value.
struct SheetCounter {
  private static let tagLimit = 160

  private var tag: [UInt8] = []
  private var isInTag = false
  private var rowsWithValue: Int64 = 0
  private var isCounted = true
  /// Whether every cell of the first row is a text.
  private var isFirstRowText = true
  private var cells = 0

  var rows: Int64 {
    rowsWithValue > 1 && isFirstRowText ? rowsWithValue - 1 : rowsWithValue
  }

  mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
    for byte in bytes {
      if byte == 0x3C {
        isInTag = true
        tag.removeAll(keepingCapacity: true)
      } else if byte == 0x3E {
        if isInTag { endTag() }
        isInTag = false
      } else if isInTag, tag.count < Self.tagLimit {
        tag.append(byte)
      }
    }
  }

  private mutating func endTag() {
    guard let first = tag.first, first != 0x2F, first != 0x3F else { return }
    let end = tag.firstIndex { $0 == 0x20 || $0 == 0x2F || $0 <= 13 } ?? tag.count
    var name = tag[..<end]
    if let colon = name.firstIndex(of: 0x3A) { name = name[(colon + 1)...] }
    switch name.count {
    case 3 where name.elementsEqual("row".utf8): isCounted = false
    case 1 where name.first == 0x63:
      guard rowsWithValue == 0 || rowsWithValue == 1 && isCounted else { return }
      if !isText(tag[end...]) && tag.last != 0x2F { isFirstRowText = false }
    case 1 where name.first == 0x76, 2 where name.elementsEqual("is".utf8):
      guard !isCounted else { return }
      isCounted = true
      rowsWithValue += 1
    default: break
    }
  }

  /// ` t="s"`, ` t="inlineStr"`, ` t="str"`.
  private func isText(_ attributes: ArraySlice<UInt8>) -> Bool {
    let all = Array(attributes)
    for index in all.indices.dropLast(4)
    where all[index] == 0x20 && all[index + 1] == 0x74 && all[index + 2] == 0x3D {
      return all[index + 4] == 0x73 || all[index + 4] == 0x69
    }
    return false
  }
}
