/// One value of a record, still as its bytes.
struct FieldValue: BitwiseCopyable {
  enum Kind: UInt8, BitwiseCopyable {
    case null, text, number, literal, array, object
    /// Text with backslashes in it.
    case escaped
    /// CSV text with doubled quotes in it.
    case doubled
  }

  /// Content without quotes; of an array or object the whole, brackets included.
  var start: UnsafePointer<UInt8>
  var count: Int
  var kind: Kind
  /// How well the name of its field fits the column, from 1, where names are guessed.
  var rank: UInt8 = 0

  @inline(__always)
  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }
}
