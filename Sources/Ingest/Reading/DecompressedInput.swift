/// One streaming decoder of a container: takes from the input, gives to the target.
protocol StreamDecoder: AnyObject {
  /// Fills the target as far as it can; 0 bytes at the end of all members. An error comes with
  /// the bytes that were decoded before it.
  func decode(
    from input: RawInput,
    into target: UnsafeMutablePointer<UInt8>,
    count: Int
  ) -> (count: Int, error: ReadError?)
}

/// The decompressed bytes of an input.
///
/// Members and frames written one after another are one
/// stream; growth is bounded by the limits.
final class DecompressedInput {
  let compression: Compression
  let input: RawInput
  /// Bytes given out so far.
  private(set) var produced: Int64 = 0
  private let decoder: (any StreamDecoder)?
  private let limits: DecompressionLimits
  private var pending: ReadError?

  init(path: String, limits: DecompressionLimits) throws(ReadError) {
    input = try RawInput(path: path)
    self.limits = limits
    var error: ReadError?
    do throws(ReadError) {
      compression = Compression(magic: try input.peek(Compression.magicLength))
    } catch let failure {
      compression = .none
      error = failure
    }
    pending = error
    switch compression {
    case .none: decoder = nil
    case .gzip: decoder = GzipDecoder()
    case .zstd: decoder = try ZstdDecoder(path: path, limits: limits)
    case .xz: decoder = try XzDecoder(path: path, limits: limits)
    case .bzip2: decoder = try Bzip2Decoder(path: path)
    }
  }

  /// Bytes still to come of a plain file that has not grown since; `nil`: not known.
  var expected: Int? {
    guard compression == .none, let size = input.size, size >= produced else { return nil }
    return Int(size - produced)
  }

  /// Passes over all bytes before that one; those of a plain file are not read.
  func pass(to offset: Int64) throws(ReadError) {
    if decoder == nil, pending == nil, input.seek(to: offset) {
      produced = offset
      return
    }
    let room = 64 << 10
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: room)
    defer { buffer.deallocate() }
    while produced < offset {
      let got = try read(into: buffer, count: Int(min(Int64(room), offset - produced)))
      if got == 0 { return }
    }
  }

  /// Up to `count` bytes; 0 at the end.
  ///
  /// An error comes once, after all bytes before it.
  func read(into target: UnsafeMutablePointer<UInt8>, count: Int) throws(ReadError) -> Int {
    if let error = pending {
      pending = nil
      throw error
    }
    guard count > 0 else { return 0 }
    guard let decoder else {
      let got = try input.read(into: target, count: count)
      produced += Int64(got)
      return got
    }
    let result = decoder.decode(from: input, into: target, count: min(count, 1 << 30))
    produced += Int64(result.count)
    var failure = result.error
    let consumed = max(1, input.totalRead - Int64(input.available.count))
    if failure == nil, produced > limits.freeOutput, produced / consumed >= limits.ratio {
      failure = ReadError(
        .bomb,
        "\(input.path): \(consumed) bytes of \(compression.rawValue) grew to \(produced), more"
          + " than \(limits.ratio) times; reading stopped there. If the file is genuine,"
          + " decompress it yourself and read the result"
      )
    }
    guard let failure else { return result.count }
    if result.count == 0 { throw failure }
    pending = failure
    return result.count
  }
}

extension ReadError {
  static func truncated(_ input: RawInput, _ kind: Compression) -> ReadError {
    ReadError(
      .truncated,
      "\(input.path): the \(kind.rawValue) data end early, after \(input.totalRead) bytes; what"
        + " follows is missing. Copy the file again"
    )
  }

  static func corrupt(_ input: RawInput, _ kind: Compression, _ detail: String) -> ReadError {
    let place = input.totalRead - Int64(input.available.count)
    return ReadError(
      .corrupt,
      "\(input.path): the \(kind.rawValue) data are damaged near byte \(place) (\(detail)); what"
        + " follows is missing. Copy the file again"
    )
  }
}
