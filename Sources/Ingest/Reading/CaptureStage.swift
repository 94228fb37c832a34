internal import Wire

/// The lines of a capture, made of its bytes as they are read.
///
/// Its end is told like that of compressed data: what follows a damaged packet is missing.
final class CaptureStage {
  /// Bytes by which a capture is told.
  static let magicLength = WireDecoder.magicLength

  private let path: String
  private var decoder: WireDecoder
  private let buffer: UnsafeMutablePointer<UInt8>
  private var position = 0
  private var isAtEnd = false
  private var failure: ReadError?
  private var isProblemTold = false
  private var given: Int64 = 0
  /// Where the lines begin that only the end of the capture has made, in all lines; known at the end.
  ///
  /// In a longer capture of the same packets others stand there.
  private(set) var endStart: Int64?

  private static let room = 128 << 10

  static func recognises(_ head: UnsafeBufferPointer<UInt8>) -> Bool {
    WireDecoder.recognises(UnsafeRawBufferPointer(head))
  }

  /// `flowsOnly`: no protocol is read.
  init(path: String, flowsOnly: Bool = false) {
    self.path = path
    decoder = flowsOnly ? WireDecoder(parsers: []) : WireDecoder()
    buffer = .allocatePages(for: Self.room)
  }

  deinit { buffer.deallocate() }

  /// Up to `count` bytes of lines; 0 at the end.
  ///
  /// `source` gives the bytes of the capture.
  func read(
    into target: UnsafeMutablePointer<UInt8>,
    count: Int,
    from source: (UnsafeMutablePointer<UInt8>, Int) throws(ReadError) -> Int
  ) throws(ReadError) -> Int {
    while position == decoder.lines.count {
      decoder.removeLines()
      position = 0
      if isAtEnd {
        if decoder.finishSome() { continue }
        if !decoder.lines.isEmpty { continue }
        noteProblem()
        guard let failure else { return 0 }
        self.failure = nil
        throw failure
      }
      do throws(ReadError) {
        let got = try source(buffer, Self.room)
        if got == 0 {
          end()
        } else {
          decoder.receive(UnsafeRawBufferPointer(start: buffer, count: got))
        }
      } catch {
        end()
        failure = error
      }
    }
    let taken = min(count, decoder.lines.count - position)
    decoder.lines.withUnsafeBufferPointer { lines in
      guard let base = lines.baseAddress else { return }
      target.update(from: base + position, count: taken)
    }
    position += taken
    given += Int64(taken)
    return taken
  }

  private func end() {
    isAtEnd = true
    endStart = given
  }

  /// Once all lines were given out.
  private func noteProblem() {
    guard failure == nil, !isProblemTold, let problem = decoder.problem else { return }
    isProblemTold = true
    let what =
      problem.kind == .truncated
      ? "the capture breaks off after byte \(problem.offset) (\(problem.reason)); what follows is missing"
      : "the capture is damaged at byte \(problem.offset) (\(problem.reason)); \(problem.unread) bytes"
        + " from there on were not read"
    failure = ReadError(problem.kind == .truncated ? .truncated : .corrupt, "\(path): \(what)")
  }
}
