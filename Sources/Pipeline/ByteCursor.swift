internal import Ingest

/// Goes through the bytes of a log, looking ahead.
final class ByteCursor {
  static let block = 64 << 10

  private let log: LogBytes
  private var ahead: [UInt8] = []
  private(set) var position: Int64 = 0
  /// Whether the log could not be read on.
  private(set) var isBroken = false

  /// `nil`: it cannot be opened.
  init?(path: String) {
    guard let log = try? LogBytes(path: path) else { return nil }
    self.log = log
  }

  /// The digest of the next bytes by which files are held against each other; `nil`: there are fewer.
  var opening: SHA256? {
    let bytes = peek(CopyFinder.opening)
    return bytes.count < CopyFinder.opening ? nil : SHA256(bytes)
  }

  /// The next bytes, fewer at the end.
  func peek(_ count: Int) -> ArraySlice<UInt8> {
    if ahead.count < count, !isBroken {
      do throws(ReadError) {
        ahead += try log.read(count - ahead.count)
      } catch {
        isBroken = true
      }
    }
    return ahead.prefix(count)
  }

  func consume(_ count: Int) {
    ahead.removeFirst(min(count, ahead.count))
    position += Int64(count)
  }

  /// Passes over all bytes before that one; `false`: the log ends before.
  func pass(to offset: Int64) -> Bool {
    while position < offset {
      let step = peek(Int(min(Int64(Self.block), offset - position))).count
      if step == 0 { return false }
      consume(step)
    }
    return true
  }

  /// Passes over the bytes of another log when all of them come next; of several the shortest, told
  /// by its number.
  func pass(oneOf logs: [(number: Int, bytes: ByteCursor)]) -> Int? {
    var logs = logs
    while !logs.isEmpty {
      let block = peek(Self.block)
      if isBroken { return nil }
      var left: [(number: Int, bytes: ByteCursor)] = []
      for log in logs {
        let bytes = log.bytes.peek(block.count + 1)
        // Of a file that cannot be read to its end nobody knows what else it holds.
        if log.bytes.isBroken { continue }
        if bytes.count <= block.count {
          guard block.starts(with: bytes) else { continue }
          consume(bytes.count)
          return log.number
        }
        guard !block.isEmpty, bytes.starts(with: block) else { continue }
        log.bytes.consume(block.count)
        left.append(log)
      }
      consume(block.count)
      logs = left
    }
    return nil
  }

  /// Whether one file holds all bytes of another from its beginning; whether it then ends as well.
  static func holds(_ path: String, all other: String) -> (holds: Bool, ends: Bool) {
    guard let cursor = Self(path: path), let bytes = Self(path: other),
      cursor.pass(oneOf: [(0, bytes)]) != nil
    else { return (false, false) }
    return (true, cursor.peek(1).isEmpty && !cursor.isBroken)
  }
}
