/// Where a line stands: its file, its first byte in what that holds decompressed, its length.
public struct LinePlace: Sendable, Hashable, BitwiseCopyable {
  public var file: UInt32
  public var length: UInt32
  public var offset: Int64

  public init(file: UInt32, length: UInt32, offset: Int64) {
    self.file = file
    self.length = length
    self.offset = offset
  }
}
