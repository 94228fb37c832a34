/// Why a capture could not be read to its end.
public struct CaptureProblem: Sendable, Hashable {
  public enum Kind: Sendable, Hashable { case truncated, damaged, unsupported }

  public var kind: Kind
  /// Of the first byte that could not be read, in the capture.
  public var offset: Int64
  /// A clause, English: `a packet of 4294967295 bytes`.
  public var reason: String
  /// Bytes from there on that were not read.
  public var unread: Int64
}

/// Turns a capture into the lines of a log: takes its bytes as they come, in pieces of any size.
///
/// What it writes depends on the bytes alone, never on how they were cut. It holds `WireLimits` and what
/// is left of a packet.
public struct WireDecoder: ~Copyable {
  /// Bytes that `recognises` wants to see.
  public static let magicLength = 12

  private var file = CaptureFile()
  private var engine: PacketEngine
  private var isFinished = false
  private var isLive = false

  /// Begins to read a capture.
  ///
  /// `keys`: secrets of encrypted sessions, beside those that the capture itself holds. `users`: where requests name theirs.
  public init(
    parsers: [any SessionParser.Type] = ProtocolRegistry.all,
    limits: WireLimits = .standard,
    keys: KeyLog? = .declared,
    users: UserFields? = .declared
  ) {
    engine = PacketEngine(parsers: parsers, limits: limits, keys: keys, users: users)
  }

  /// Whether a file that begins so is a capture.
  public static func recognises(_ head: UnsafeRawBufferPointer) -> Bool {
    CaptureFile.isCapture(head)
  }

  /// Lines that nobody has taken yet.
  public var lines: [UInt8] { engine.log.bytes }

  public mutating func removeLines() { engine.log.removeAll() }

  /// What kept it from reading on; known at the end.
  public var problem: CaptureProblem? { file.problem }

  public mutating func receive(_ bytes: UnsafeRawBufferPointer) {
    guard !isFinished else { return }
    file.take(bytes, into: &engine)
  }

  /// Takes a packet that lies in no file: its captured bytes, and how many it had on the wire.
  public mutating func receive(
    packet: UnsafeRawBufferPointer,
    original: Int,
    link: UInt32,
    at time: Int64
  ) {
    guard !isFinished, let base = packet.baseAddress else { return }
    isLive = true
    engine.take(
      PacketBytes(base, packet.count),
      original: max(original, packet.count),
      link: link,
      at: min(max(0, time), CaptureFile.latest)
    )
  }

  /// So many packets more were dropped before they could be taken: told at once.
  public mutating func noteDropped(_ count: Int64) {
    engine.facts.dropped += count
    engine.facts.tell(into: &engine.log, fragments: &engine.fragments)
  }

  /// Of the last packet, in nanoseconds since 1970.
  public var time: Int64 { engine.time }

  /// The capture is over: what is open is told as far as it came, some of it with each call; `false`: all.
  public mutating func finishSome() -> Bool {
    guard !isFinished else { return false }
    if !isLive { file.finish() }
    if engine.finishSome() { return true }
    isFinished = true
    if let problem = file.problem { engine.log.writeProblem(problem, at: max(0, engine.time)) }
    return false
  }

  /// The capture is over: all that is open is told.
  public mutating func finish() { while finishSome() {} }
}
