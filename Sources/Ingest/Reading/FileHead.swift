/// The first bytes of a file, for probing and for decoders that need a header.
public struct FileHead: Sendable {
  /// Up to 64 KiB, decompressed and in UTF-8; cut to whole lines where it was cut.
  public var bytes: [UInt8]
  public var compression: Compression
  public var encoding: TextEncoding
  /// Whether the file holds no byte of text.
  public var isEmpty: Bool
  /// Year (UTC) of the file's last change; `nil` for pipes.
  public var modificationYear: Int?
  /// Seconds since 1970 of the file's last change; `nil` for pipes.
  public var modificationSeconds: Int64?

  public static let size = 64 << 10
}
