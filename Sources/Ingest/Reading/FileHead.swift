public import EventModel

/// The first bytes of a file, for probing and for decoders that need a header.
public struct FileHead: Sendable {
  /// Decompressed and in UTF-8: up to 64 KiB, or as much more as a few whole lines take, up to
  /// 2 MiB; cut to whole lines where it was cut.
  public var bytes: [UInt8]
  public var compression: Compression
  /// The declared one, or what most records beyond ASCII are in.
  public var encoding: TextEncoding
  /// What the records say of the encoding where none was declared.
  public var evidence = EncodingEvidence()
  /// Whether the file holds no byte of text.
  public var isEmpty: Bool
  /// Whether the file holds JSON documents, of whose records lines are made.
  public var isDocuments = false
  /// What is packed and not unpacked here.
  public internal(set) var packed: HeadContents.Packed?
  /// Year (UTC) of the file's last change; `nil` for pipes.
  public var modificationYear: Int?
  /// Seconds since 1970 of the file's last change; `nil` for pipes.
  public var modificationSeconds: Int64?

  public static let size = 64 << 10
  public static let largest = 2 << 20
  /// Where lines behind records that are too long are looked for: 16 MiB.
  public static let farthest = 16 << 20
  /// Whole lines that tell a format.
  static let lines = 4
}
