/// The lines that a capture is turned into, one buffer after the other.
public final class CaptureLines {
  private let input: DecompressedInput
  private let buffer: UnsafeMutablePointer<UInt8>
  private static let room = 256 << 10

  /// `flowsOnly`: no protocol is read.
  /// - Throws: also where the file is no capture.
  public init(path: String, flowsOnly: Bool) throws(ReadError) {
    input = try DecompressedInput(path: path, limits: .standard, flowsOnly: flowsOnly)
    buffer = .allocate(capacity: Self.room)
    guard input.compression == .capture else {
      throw ReadError(
        .notReadable,
        "\(path): no capture; pcap and pcapng are read, compressed or not"
      )
    }
  }

  deinit { buffer.deallocate() }

  /// Lends the next of them; `false`: there are no more.
  public func next(_ body: (UnsafeRawBufferPointer) -> Void) throws(ReadError) -> Bool {
    let count = try input.read(into: buffer, count: Self.room)
    guard count > 0 else { return false }
    body(UnsafeRawBufferPointer(start: buffer, count: count))
    return true
  }
}
