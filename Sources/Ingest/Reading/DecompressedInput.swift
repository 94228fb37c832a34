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

/// The decompressed bytes of an input; of a capture or an event log, compressed or not, the lines it is
/// turned into.
///
/// Members and frames written one after another are one
/// stream; growth is bounded by the limits.
final class DecompressedInput {
  /// What the bytes are taken out of; a capture or an event log is one however it is compressed.
  let compression: Compression
  let input: RawInput
  /// Whether they are messages that a listener heard: lines, whatever they begin like.
  let isMessages: Bool
  /// Bytes given out so far.
  private(set) var produced: Int64 = 0
  private let packing: Compression
  /// Decompressed bytes so far, and the first of them while nobody has taken them.
  private var unpacked: Int64 = 0
  private var head: [UInt8] = []
  private let stage: (any LineStage)?
  private let decoder: (any StreamDecoder)?
  private let limits: DecompressionLimits
  private var pending: ReadError?

  init(
    path: String,
    limits: DecompressionLimits,
    flowsOnly: Bool = false
  ) throws(ReadError) {
    input = try RawInput(path: path)
    self.limits = limits
    isMessages = MessageSpool.isOne(path)
    var error: ReadError?
    var packing = Compression.none
    var staged: Compression?
    do throws(ReadError) {
      packing =
        isMessages ? .none : Compression(magic: try input.peek(Compression.magicLength))
      if packing.isStaged {
        // A pipe may hold no more yet: only what begins as a capture or event log is waited for.
        staged = Compression.staged(try input.peek(Compression.stagedLength))
        packing = .none
      }
    } catch let failure {
      error = failure
    }
    pending = error
    self.packing = packing
    let made: (any StreamDecoder)?
    switch packing {
    case .none, .capture, .eventLog, .utf16: made = nil
    case .gzip: made = GzipDecoder()
    case .zstd: made = try ZstdDecoder(path: path, limits: limits)
    case .xz: made = try XzDecoder(path: path, limits: limits)
    case .bzip2: made = try Bzip2Decoder(path: path)
    }
    decoder = made
    if let made, error == nil {
      let length = Compression.stagedLength
      let first = Self.first(length, of: made, input)
      (head, pending) = (first.bytes, first.error)
      staged = head.withUnsafeBufferPointer { Compression.staged($0) }
    }
    stage = staged?.makeStage(path: input.path, flowsOnly: flowsOnly)
    compression = staged ?? packing
  }

  /// The first bytes that a decoder gives, fewer at its end.
  private static func first(
    _ count: Int,
    of decoder: any StreamDecoder,
    _ input: RawInput
  ) -> (bytes: [UInt8], error: ReadError?) {
    var error: ReadError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { room, filled in
      guard let base = room.baseAddress else { return }
      while filled < count, error == nil {
        let result = decoder.decode(from: input, into: base + filled, count: count - filled)
        error = result.error
        if result.count == 0 { break }
        filled += result.count
      }
    }
    return (bytes, error)
  }

  /// Where the bytes begin that only the end of the input has made; `nil`: there are none, or not yet.
  var endStart: Int64? { stage?.endStart }

  /// Bytes still to come of a plain file that has not grown since; `nil`: not known.
  var expected: Int? {
    guard compression == .none, let size = input.size, size >= produced else { return nil }
    return Int(size - produced)
  }

  /// Passes over all bytes before that one; those of a plain file are not read.
  func pass(to offset: Int64) throws(ReadError) {
    if decoder == nil, stage == nil, pending == nil, input.seek(to: offset) {
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
    guard count > 0 else { return 0 }
    let got: Int
    if let stage {
      got = try stage.read(into: target, count: count) { (room, count) throws(ReadError) in
        try self.unpack(into: room, count: count)
      }
    } else {
      got = try unpack(into: target, count: count)
    }
    produced += Int64(got)
    return got
  }

  private func unpack(
    into target: UnsafeMutablePointer<UInt8>,
    count: Int
  ) throws(ReadError) -> Int {
    if !head.isEmpty {
      let taken = min(count, head.count)
      for index in 0..<taken { target[index] = head[index] }
      head.removeFirst(taken)
      unpacked += Int64(taken)
      return taken
    }
    if let error = pending {
      pending = nil
      throw error
    }
    guard let decoder else { return try input.read(into: target, count: count) }
    let result = decoder.decode(from: input, into: target, count: min(count, 1 << 30))
    unpacked += Int64(result.count)
    var failure = result.error
    let consumed = max(1, input.totalRead - Int64(input.available.count))
    if failure == nil, unpacked > limits.freeOutput, unpacked / consumed >= limits.ratio {
      failure = ReadError(
        .bomb,
        "\(input.path): \(consumed) bytes of \(packing.rawValue) grew to \(unpacked), more"
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
