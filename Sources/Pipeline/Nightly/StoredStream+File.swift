internal import EventModel
internal import Storage

extension StoredStream {
  /// Bytes between two rungs: of a log that was cut within its first bytes fewer are taken on trust.
  private static let step = 64

  /// Notes the first bytes of a log, by which it is known.
  mutating func begin(with first: [UInt8]) {
    headLength = first.count
    head = SHA256(first[...])?.bytes ?? []
    rungs = Self.rungs(of: first)
  }

  /// What `rungs` is for a log that begins with such bytes.
  ///
  /// Four bytes of a digest tell one log from another, and too little to guess by what was in the line.
  static func rungs(of first: [UInt8]) -> [UInt8] {
    stride(from: step, through: first.count, by: step).flatMap { count in
      SHA256(first[..<count])?.bytes.prefix(4) ?? []
    }
  }

  /// Whether the log may begin with such bytes, as far as is known without a look at it.
  func mayBegin(with first: [UInt8]) -> Bool {
    guard first.count >= headLength else { return rungs.starts(with: Self.rungs(of: first)) }
    return SHA256(first[..<headLength])?.bytes == head
  }

  /// What the first rung of a log is that begins with such bytes; `nil`: they are too few.
  static func rung(of first: [UInt8]) -> [UInt8]? {
    first.count < step ? nil : rungs(of: Array(first.prefix(step)))
  }

  /// Its first rung; `nil`: less is known of it.
  var rung: [UInt8]? { rungs.count < 4 ? nil : Array(rungs.prefix(4)) }

  /// Notes how it lies on disk.
  mutating func note(_ status: FileStatus) {
    device = status.device
    inode = status.inode
    size = status.size
    changed = status.changed
    statusChanged = status.statusChanged
  }
}
