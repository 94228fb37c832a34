public import EventModel

/// A format in which a record may say something that holds for the records after it: `use crm;` of a slow log.
public protocol CarryingText: LogFormat {
  /// What holds behind a record; `nil`: what held before it. Told from its bytes alone.
  static func carried(after record: RecordBytes) -> [UInt8]?
  /// Whether a record tells of nothing, so that nothing need hold for it.
  static func isSilent(_ record: RecordBytes) -> Bool
}

/// What a log has said that still holds at a place: a function of the bytes before it alone.
public struct CarriedText: Sendable {
  private let format: any CarryingText.Type
  public private(set) var bytes: [UInt8]

  /// `nil`: nothing holds on in this format.
  ///
  /// `bytes`: what holds where reading begins.
  public init?(_ format: any LogFormat.Type, _ bytes: [UInt8]) {
    guard let format = format as? any CarryingText.Type else { return nil }
    (self.format, self.bytes) = (format, bytes)
  }

  /// Whether the first record of a file that tells of something says what holds, so that nothing from before matters.
  public static func begins(_ head: [UInt8], _ format: any LogFormat.Type) -> Bool {
    guard let format = format as? any CarryingText.Type else { return false }
    var chunk = ByteChunk(head)
    chunk.frame(format.framing)
    guard let starts = chunk.recordStarts else { return false }
    return chunk.storage.withUnsafeBufferPointer { bytes in
      for (index, start) in starts.enumerated() {
        let end = index + 1 < starts.count ? Int(starts[index + 1]) : chunk.count
        let record = bytes.slice(Int(start)..<end)
        if !format.isSilent(record) { return format.carried(after: record) != nil }
      }
      return false
    }
  }

  /// A longer one is none.
  static let longest = 256

  /// Goes on over the records of a chunk: the last that says something holds.
  mutating func take(_ chunk: borrowing ByteChunk) {
    guard let starts = chunk.recordStarts else { return }
    let (format, count) = (format, chunk.count)
    let found = chunk.storage.withUnsafeBufferPointer { bytes -> [UInt8]? in
      var end = count
      for start in starts.reversed() {
        if let found = format.carried(after: bytes.slice(Int(start)..<end)) { return found }
        end = Int(start)
      }
      return nil
    }
    if let found { bytes = found.count <= Self.longest ? found : [] }
  }

  /// Takes the records of files that are read one after the other, as far as they can be read.
  public mutating func take(files: [String], encoding: TextEncoding?) {
    var found = self
    ChunkReader.forEachChunk(of: files, encoding: encoding, format.framing) { found.take($0) }
    self = found
  }
}
