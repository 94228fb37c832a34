internal import EventModel

/// Reads that took a table whole which no dataset declares, and state no number.
///
/// They are none of declared customers; that they are none of customers whose table was forgotten is for somebody
/// to see. Holds 16 names at most, the first ones in order of time.
struct UnlistedReads: Sendable {
  static let limit = 16

  var count: Int64 = 0
  private(set) var objects: [NameID] = []

  @inline(never)
  mutating func note(_ object: NameID) {
    count &+= 1
    guard objects.count < Self.limit, !objects.contains(object), object != .none else { return }
    objects.append(object)
  }

  /// What is said of them, in English and Japanese.
  func sentence(_ names: borrowing NameTable) -> (english: String, japanese: String) {
    var shown: [String] = []
    for object in objects { shown.append(Self.shown(names.text(of: object))) }
    shown.sort()
    let isPart = objects.count == Self.limit
    let number = NumberText.grouped(count)
    let reads = NumberText.counted(Int64(count), "read")
    let they: String = count == 1 ? "it counts" : "they count"
    let english: String = shown.joined(separator: ", ")
    let japanese: String = shown.joined(separator: "、")
    let first: String = isPart ? ", the first" : ""
    let only: String = isPart ? "(最初の \(Self.limit) 個)" : ""
    return (
      "\(reads) took a table whole that no dataset declares, of unknown number; \(they) for nobody's"
        + " records. Tables\(first): \(english).",
      "データセットとして宣言されていない表の全体を、件数の記録なしに読み出した操作が \(number) 件あります"
        + "(件数不明、どの委託元にも数えていません)。表\(only): \(japanese)。"
    )
  }

  /// A name as a sentence may bear it: of 64 characters at most, none of which acts on a terminal.
  static func shown(_ name: String) -> String {
    let scalars = name.unicodeScalars.prefix(64).map { scalar -> Character in
      if scalar.value == 0x1F { return "+" }
      switch scalar.properties.generalCategory {
      case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator: return "?"
      default: return Character(scalar)
      }
    }
    return String(scalars)
  }

  func write(to writer: inout StateWriter) {
    writer.write(UInt64(bitPattern: count))
    writer.write(UInt64(objects.count))
    for object in objects { writer.write(UInt64(object.rawValue)) }
  }

  init() {}

  init(from reader: inout StateReader, nameCount: Int) throws(StateError) {
    count = Int64(bitPattern: try reader.unsigned())
    for _ in 0..<(try reader.count()) {
      let id = try reader.unsigned()
      guard id < UInt64(nameCount), objects.count < Self.limit else { throw StateError(offset: 0) }
      objects.append(NameID(rawValue: UInt32(truncatingIfNeeded: id)))
    }
  }
}
