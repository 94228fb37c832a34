/// Words of a source that nobody gave a meaning, and how often each came.
///
/// Of more than `most` different ones the first in the order of their bytes are named, the others counted together:
/// so neither the order of the records nor how they are divided matters.
public struct UnfamiliarWords: Sendable, Hashable {
  public static let most = 16
  /// Bytes of a word that are kept.
  static let longest = 48

  public struct Word: Sendable, Hashable {
    /// As the source has it, at most `longest` bytes.
    public var bytes: [UInt8]
    public var count: Int64
  }

  /// In the order of their bytes.
  public private(set) var words: [Word] = []
  /// How often others came.
  public private(set) var others: Int64 = 0

  public init() {}

  public var isEmpty: Bool { words.isEmpty }

  public var total: Int64 { words.reduce(others) { $0 &+ $1.count } }

  /// Notes one more record that states the word.
  @inline(never)
  public mutating func add(_ word: UnsafeBufferPointer<UInt8>) {
    let word = UnsafeBufferPointer(rebasing: word.prefix(Self.longest))
    for index in words.indices
    where words[index].bytes.count == word.count && words[index].bytes.elementsEqual(word) {
      words[index].count &+= 1
      return
    }
    add(Word(bytes: Array(word), count: 1))
  }

  /// Adds what another part of the source says.
  public mutating func add(_ other: Self) {
    others &+= other.others
    for word in other.words { add(word) }
  }

  /// What was kept of it.
  public init(words: [(bytes: [UInt8], count: Int64)], others: Int64) {
    self.others = others
    for word in words { add(Word(bytes: word.bytes, count: word.count)) }
  }

  private mutating func add(_ word: Word) {
    let place =
      words.firstIndex { !$0.bytes.lexicographicallyPrecedes(word.bytes) } ?? words.count
    if place < words.count, words[place].bytes == word.bytes {
      words[place].count &+= word.count
      return
    }
    words.insert(word, at: place)
    if words.count > Self.most { others &+= words.removeLast().count }
  }
}
