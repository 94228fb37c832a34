import EventModel
import Glibc
import Pipeline
import Reporting
import Storage

/// Where a watch says what it finds: lines, or a picture on a terminal that is redrawn in place.
struct WatchOutput {
  enum Format: String, CaseIterable { case text, jsonl }

  let format: Format
  private(set) var text: WatchText
  let only: String?
  let isQuiet: Bool
  /// Incidents that ended before this time are not shown at the start.
  let since: Timestamp?
  private var file: Int32
  /// The file that is appended to; `nil`: standard output.
  private let path: String?
  let isScreen: Bool
  private var last: [(name: String, events: Int64)] = []
  private var lastTime: Int64 = 0
  private var rates: [String: Double] = [:]
  /// Lines to show under the picture, and again when it goes.
  private var recent: [String] = []

  /// - Throws: `ExitCode` after one clear line.
  init(
    format: Format,
    output: String?,
    language: WatchText.Language,
    only: String?,
    isQuiet: Bool,
    since: Timestamp?,
    zone: ReportZone = .utc
  ) throws(OutputError) {
    (self.format, self.only, self.isQuiet, self.since) = (format, only, isQuiet, since)
    path = output == "-" ? nil : output
    file = try path.map { path throws(OutputError) in try Self.opened(path) } ?? STDOUT_FILENO
    isScreen =
      output == nil && format == .text && !isQuiet && isatty(STDOUT_FILENO) != 0
      && getenv("TERM").map { String(cString: $0) } != "dumb"
    text = WatchText(language, zone: isScreen ? zone : .utc)
  }

  private static func opened(_ path: String) throws(OutputError) -> Int32 {
    let file = PathText.withName(path) {
      open($0, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
    }
    guard file >= 0 else {
      throw OutputError(text: "\(path): \(String(cString: strerror(errno)))")
    }
    return file
  }

  /// Goes on in the file that has the name now: whoever rotates it renames it first, and tells.
  ///
  /// Where it cannot be opened, the one that is open is written on.
  mutating func reopen() {
    guard let path else { return }
    do throws(OutputError) {
      let fresh = try Self.opened(path)
      close(file)
      file = fresh
    } catch {
      Terminal.complain("output: cannot be written: \(SafeText.escaped(error.text, limit: 4096))")
    }
  }

  /// Times in the zone that is declared now.
  mutating func take(_ zone: ReportZone) {
    if isScreen { text = WatchText(text.language, zone: zone) }
  }

  struct OutputError: Error { var text: String }

  // MARK: Lines

  /// Tells what is new; whether all of it went out.
  mutating func tell(_ changes: [Watch.Change], isStart: Bool = false) -> Bool {
    var all = ""
    for change in changes where concerns(change.incident) {
      if isStart, let since, change.incident.last < since { continue }
      switch format {
      case .jsonl: all += JSONLinesReport.line(of: change.incident)
      case .text: all += text.line(change.incident, isNew: change.isNew)
      }
      if format == .jsonl, all.utf8.last != 0x0A { all += "\n" }
    }
    return all.isEmpty || say(all)
  }

  mutating func tell(_ notices: [Notice]) {
    guard !isQuiet else { return }
    for notice in notices {
      let line = text.note(english: notice.english, japanese: notice.japanese)
      if isScreen { _ = say(line) } else { Terminal.complain(String(line.dropLast())) }
    }
  }

  private mutating func say(_ lines: String) -> Bool {
    if isScreen {
      recent += lines.split(separator: "\n").map(String.init)
      recent.removeFirst(max(0, recent.count - 200))
      return true
    }
    var stream = OutputStream(file)
    stream.write(lines)
    if let failure = stream.finish() {
      Terminal.complain("output: cannot be written: \(failure)")
      return false
    }
    return true
  }

  private func concerns(_ incident: Incident) -> Bool {
    guard let only else { return true }
    return incident.accounts.contains(only) || incident.persons.contains(only)
      || incident.owners.contains { $0.owner == only }
  }

  // MARK: The picture

  func begin() {
    if isScreen { put("\u{1b}[?1049h\u{1b}[?25l\u{1b}[?7l") }
  }

  /// Leaves the terminal as it was, with what was told below.
  func end() {
    guard isScreen else { return }
    put("\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l")
    put(recent.map { $0 + "\n" }.joined())
  }

  mutating func draw(_ watch: Watch, _ standing: Watch.Standing?, now: Timestamp) {
    guard isScreen else { return }
    var size = winsize()
    let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0
    let (rows, columns) = isKnown ? (Int(size.ws_row), Int(size.ws_col)) : (24, 80)
    let sources = watch.sources
    let seconds = Double(now.nanoseconds - lastTime) / 1e9
    if seconds >= 1 {
      let before = Dictionary(last.map { ($0.name, $0.events) }) { first, _ in first }
      for source in sources {
        let more = Double(source.events - before[source.name, default: source.events])
        rates[source.name] = (rates[source.name] ?? 0) * 0.7 + more / seconds * 0.3
      }
      (last, lastTime) = (sources.map { ($0.name, $0.events) }, now.nanoseconds)
    }
    var screen = WatchScreen(now: Timestamp(seconds: now.nanoseconds / 1_000_000_000))
    screen.sources = sources.map {
      var source = WatchScreen.Source(
        name: $0.name,
        logs: $0.logs,
        events: $0.events,
        rate: rates[$0.name] ?? 0,
        newest: $0.newest
      )
      (source.lines, source.rejected, source.gaps) = ($0.lines, $0.rejected, $0.gaps)
      (source.mark, source.isIdle) = ($0.mark, $0.isIdle)
      return source
    }
    screen.incidents = standing?.incidents ?? []
    screen.unreadable = standing?.coverage.unreadable.count ?? 0
    let told = recent.suffix(max(0, min(5, rows - 12)))
    var lines = screen.lines(rows: max(1, rows - told.count - 1), columns: columns, text)
    if !told.isEmpty {
      lines.append("")
      lines += told.map { WatchScreen.fit($0, columns: columns) }
    }
    put(
      "\u{1b}[H" + lines.map { $0 + "\u{1b}[K" }.joined(separator: "\r\n") + "\u{1b}[J"
    )
  }

  private func put(_ text: String) {
    var stream = OutputStream(STDOUT_FILENO)
    stream.write(text)
    _ = stream.finish()
  }
}
