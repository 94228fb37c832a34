/// What a walk noted, in its order: which value was wanted for what.
///
/// Kept only while a shape may be learnt of the record (see `JSONShape`).
struct JSONTrace: BitwiseCopyable {
  struct Note: BitwiseCopyable {
    var start: UnsafePointer<UInt8>
    var columns: UInt32
  }
  static let mostNotes = 64

  /// `mostNotes` of them.
  let notes: UnsafeMutablePointer<Note>
  var count = 0
  var isOn = false
  /// Whether the notes alone do not tell what the walk made of the record.
  var isPartial = false

  init(notes: UnsafeMutablePointer<Note>) { self.notes = notes }

  mutating func begin(_ isOn: Bool) {
    self.isOn = isOn
    isPartial = false
    count = 0
  }

  mutating func add(_ start: UnsafePointer<UInt8>, _ columns: UInt32) {
    guard count < Self.mostNotes else {
      isPartial = true
      return
    }
    notes[count] = Note(start: start, columns: columns)
    count += 1
  }
}
