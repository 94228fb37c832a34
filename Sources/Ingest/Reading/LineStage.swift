/// What turns the bytes of a file that is no text into lines, as they are read.
protocol LineStage: AnyObject {
  /// Where the lines begin that only the end of the file has made; `nil`: there are none, or not yet.
  var endStart: Int64? { get }

  /// Up to `count` bytes of lines; 0 at the end.
  ///
  /// `source` gives the bytes of the file. An error comes once, after all lines before it.
  func read(
    into target: UnsafeMutablePointer<UInt8>,
    count: Int,
    from source: (UnsafeMutablePointer<UInt8>, Int) throws(ReadError) -> Int
  ) throws(ReadError) -> Int
}

extension CaptureStage: LineStage {}

extension Compression {
  /// Whether the file is turned into lines of UTF-8.
  var isStaged: Bool { self == .utf16 || holdsNoText }

  /// Whether the lines are made of what is no text.
  var holdsNoText: Bool { self == .capture || self == .eventLog }

  /// Bytes by which `staged` tells.
  static let stagedLength = max(CaptureStage.magicLength, EventLogStage.magic.count)

  /// What bytes are turned into lines by; `nil`: they are text already.
  static func staged(_ head: UnsafeBufferPointer<UInt8>) -> Compression? {
    if CaptureStage.recognises(head) { return .capture }
    if UTF16Stage.recognises(head) { return .utf16 }
    return EventLogStage.recognises(head) ? .eventLog : nil
  }

  func makeStage(path: String, flowsOnly: Bool) -> (any LineStage)? {
    switch self {
    case .capture: CaptureStage(path: path, flowsOnly: flowsOnly)
    case .eventLog: EventLogStage(path: path)
    case .utf16: UTF16Stage()
    case .none, .gzip, .zstd, .xz, .bzip2: nil
    }
  }
}
