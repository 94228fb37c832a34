/// Counts how far a scan has come and tells it, at most five times a second.
struct ProgressMeter: Sendable {
  private(set) var progress: ScanProgress
  private let report: (@Sendable (ScanProgress) -> Void)?
  private var last: ContinuousClock.Instant?

  init(_ report: (@Sendable (ScanProgress) -> Void)?, files: Int, inputBytes: Int64?) {
    self.report = report
    progress = ScanProgress(phase: .reading)
    progress.files = files
    progress.inputBytes = inputBytes
  }

  mutating func advance(lines: Int, events: Int, bytes: Int64) {
    progress.lines += Int64(lines)
    progress.events += Int64(events)
    progress.inputBytesDone += bytes
    tell()
  }

  mutating func finishFile(bytes: Int64) {
    progress.filesDone += 1
    progress.inputBytesDone += bytes
    tell()
  }

  mutating func enter(_ phase: ScanProgress.Phase) {
    progress.phase = phase
    tell()
  }

  func conclude() { report?(progress) }

  private mutating func tell() {
    guard let report else { return }
    let now = ContinuousClock.now
    if let last, now - last < .milliseconds(200) { return }
    last = now
    report(progress)
  }
}
