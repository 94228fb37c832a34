/// The bytes of a log as they are inside its compression, for digests: nothing is decoded.
public final class LogBytes {
  private let input: DecompressedInput
  public var compression: Compression { input.compression }
  public var position: Int64 { input.produced }
  private static let room = 256 << 10

  public init(path: String) throws(ReadError) {
    input = try DecompressedInput(path: path, limits: .standard)
  }

  /// The next bytes, fewer at the end of the log.
  public func read(_ count: Int) throws(ReadError) -> [UInt8] {
    var bytes: [UInt8] = []
    try each(Int64(count)) { bytes += $0 }
    return bytes
  }

  /// So many bytes from a place on, not before those read already; fewer at the end of the log.
  public func read(from start: Int64, count: Int) throws(ReadError) -> [UInt8] {
    guard start >= position else { return [] }
    try input.pass(to: start)
    return position == start ? try read(count) : []
  }

  /// SHA-256 of so many bytes from a place on, not before those read already; `nil`: the log ends
  /// before.
  public func sha256(from start: Int64, count: Int64) throws(ReadError) -> [UInt8]? {
    guard start >= position else { return nil }
    try input.pass(to: start)
    guard position == start else { return nil }
    var sum = SHA256Sum(expecting: count)
    let got = try each(count) { sum.add($0) }
    return got == count ? sum.digest : nil
  }

  /// Lends the next bytes; how many they were.
  @discardableResult
  private func each(
    _ count: Int64,
    _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) throws(ReadError) -> Int64 {
    let buffer = UnsafeMutablePointer<UInt8>.allocatePages(for: Self.room)
    defer { buffer.deallocate() }
    var done: Int64 = 0
    while done < count {
      let got = try input.read(into: buffer, count: Int(min(Int64(Self.room), count - done)))
      if got == 0 { break }
      body(UnsafeBufferPointer(start: buffer, count: got))
      done += Int64(got)
    }
    return done
  }
}

/// The bytes of a file as they lie on disk.
public enum RawBytes {
  public static func read(_ path: String) throws(ReadError) -> [UInt8] {
    let input = try RawInput(path: path)
    var bytes: [UInt8] = []
    while try input.refill() {
      bytes += input.available
      input.take(input.available.count)
    }
    return bytes
  }

  /// SHA-256 of a file, and how many bytes it holds; one buffer of it is in memory.
  public static func sha256(_ path: String) throws(ReadError) -> (digest: [UInt8], count: Int64) {
    let input = try RawInput(path: path)
    var sum = SHA256Sum(expecting: input.size ?? .max)
    var count: Int64 = 0
    while try input.refill() {
      let bytes = input.available
      sum.add(UnsafeBufferPointer(bytes))
      count += Int64(bytes.count)
      input.take(bytes.count)
    }
    return (sum.digest, count)
  }
}

extension RawBytes {
  /// So many bytes from a place on, fewer at the end.
  public static func read(
    _ path: String,
    from start: Int64,
    _ count: Int64
  ) throws(ReadError) -> [UInt8] {
    let input = try RawInput(path: path)
    guard input.seek(to: start) else { return [] }
    var bytes: [UInt8] = []
    while Int64(bytes.count) < count, try input.refill() {
      let room = Int(count) - bytes.count
      bytes += input.available.prefix(room)
      input.take(min(room, input.available.count))
    }
    return bytes
  }
}
