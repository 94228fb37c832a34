/// The container of a file, told by its first bytes, never by its name.
public enum Compression: String, Sendable, CaseIterable {
  case none, gzip, zstd, xz, bzip2
  /// Packets, which are turned into lines.
  case capture
  /// Windows' event log in its own binary form, which is turned into lines.
  case eventLog = "evtx"
  /// Text in UTF-16, which is turned into UTF-8.
  case utf16 = "utf-16"

  /// Bytes that `init(magic:)` wants to see.
  static let magicLength = 6

  /// Source: RFC 1952, RFC 8878 (frames and skippable frames), the .xz format 1.1, bzip2's manual.
  init(magic bytes: UnsafeBufferPointer<UInt8>) {
    func starts(with magic: [UInt8]) -> Bool {
      bytes.count >= magic.count && magic.indices.allSatisfy { bytes[$0] == magic[$0] }
    }
    if starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else if starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
      self = .zstd
    } else if bytes.count >= 4, bytes[0] & 0xF0 == 0x50, bytes[1] == 0x2A, bytes[2] == 0x4D,
      bytes[3] == 0x18
    {
      self = .zstd
    } else if starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) {
      self = .xz
    } else if Self.captures.contains(where: { starts(with: $0) }) {
      self = .capture
    } else if UTF16Stage.recognises(bytes) {
      self = .utf16
    } else if starts(with: Array(EventLogStage.magic.prefix(Self.magicLength))) {
      self = .eventLog
    } else if starts(with: [0x42, 0x5A, 0x68]), bytes.count >= 4, (0x31...0x39).contains(bytes[3]) {
      self = .bzip2
    } else {
      self = .none
    }
  }
}

extension Compression {
  /// pcap of micro- and nanoseconds and with longer headers, in either byte order, and pcapng.
  private static let captures: [[UInt8]] = [
    [0xA1, 0xB2, 0xC3, 0xD4], [0xD4, 0xC3, 0xB2, 0xA1], [0xA1, 0xB2, 0x3C, 0x4D],
    [0x4D, 0x3C, 0xB2, 0xA1], [0xA1, 0xB2, 0xCD, 0x34], [0x34, 0xCD, 0xB2, 0xA1],
    [0x0A, 0x0D, 0x0D, 0x0A],
  ]
}

/// What decompression may cost.
public struct DecompressionLimits: Sendable, Hashable {
  /// Output up to which any ratio is allowed, in bytes.
  public var freeOutput: Int64 = 64 << 20
  /// Most bytes of output a byte of input beyond that.
  public var ratio: Int64 = 1000
  /// Most memory an .xz dictionary may take, in bytes.
  public var xzMemory: UInt64 = 256 << 20
  /// Largest Zstandard window, as a power of two.
  public var zstdWindowLog: Int32 = 27

  public static let standard = DecompressionLimits()

  public init() {}
}
