import EventModel
import Testing

@testable import Reporting

/// The picture of a watch on terminals of every size.
@Suite struct `The picture of a watch` {
  private func screen(sources: Int = 3, incidents: Int = 2) -> WatchScreen {
    var screen = WatchScreen(now: Timestamp(seconds: 1_790_000_000))
    screen.state = "following"
    screen.sources = (0..<sources).map {
      WatchScreen.Source(
        name: "source-\($0)",
        logs: 4,
        events: 123_456,
        rate: 17,
        newest: Timestamp(seconds: 1_789_999_940)
      )
    }
    screen.incidents = (0..<incidents).map {
      IncidentList.Summary(
        id: "22ba6273c7ef6d0\($0)",
        severity: .high,
        actor: "account:bob\($0)",
        records: Volume(low: 12_500 + Int64($0), high: 12_500 + Int64($0), quality: .exact),
        taken: Volume(low: 12_000 + Int64($0), high: 12_000 + Int64($0), quality: .exact)
      )
    }
    return screen
  }

  private static let sizes = [
    (24, 80), (24, 40), (5, 20), (5, 40), (3, 20), (2, 10), (1, 1), (50, 200),
  ]

  @Test(arguments: sizes, [WatchText.Language.english, .japanese])
  func `fits and has the gravest incident with its records`(
    size: (Int, Int),
    language: WatchText.Language
  ) {
    let (rows, columns) = size
    for sources in [0, 1, 3, 40] {
      for incidents in [0, 1, 2, 60] {
        let lines = screen(sources: sources, incidents: incidents)
          .lines(rows: rows, columns: columns, WatchText(language))
        #expect(lines.count <= rows)
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= columns })
        guard incidents > 0, rows > 1, columns >= 20 else { continue }
        let first = lines.firstIndex {
          $0.contains(NumberText.grouped(12_000 + Int64(incidents) - 1))
        }
        #expect(first.map { $0 < (rows < 10 ? 2 : 4) } == true, "\(lines)")
      }
    }
  }

  @Test func `shows what of a source could not be read, and what of its logs nobody has`() throws {
    var screen = screen()
    screen.sources[1].lines = 132
    screen.sources[1].rejected = 60
    screen.sources[2].lines = 1_000_000
    screen.sources[2].rejected = 1
    screen.sources[2].gaps = 2
    let wide = screen.lines(rows: 24, columns: 80, WatchText(.english))
    let row = try #require(wide.first { $0.hasPrefix("  source-1") })
    #expect(row.contains("     45.5 % ") && DisplayWidth.of(row) <= 80, "\(row)")
    #expect(wide.contains { $0.contains("source-1  45.5 % rejected (60 of 132 lines)") }, "\(wide)")
    #expect(wide.contains { $0.contains("source-2  <0.1 % rejected") && $0.contains("2 gaps") })
    let narrow = screen.lines(rows: 24, columns: 40, WatchText(.japanese))
    #expect(narrow.contains { $0.hasPrefix("記録の範囲  source-1  読めない行 45.5 %") }, "\(narrow)")
    for (rows, columns) in Self.sizes {
      let lines = screen.lines(rows: rows, columns: columns, WatchText(.japanese))
      #expect(lines.count <= rows && lines.allSatisfy { DisplayWidth.of($0) <= columns })
    }
  }

  @Test func `tells spans in its language and times in the declared zone`() {
    var screen = screen()
    screen.sources[0].newest = Timestamp(seconds: 1_790_000_000 - 420)
    let text = WatchText(.japanese, zone: ReportZone(named: "Asia/Tokyo"))
    let lines = screen.lines(rows: 24, columns: 100, text)
    #expect(lines.contains { $0.hasSuffix(" 7 分") } && !lines.contains { $0.contains("min") })
    // 1,790,000,000 s: 2026-09-21T14:13:20Z.
    #expect(lines[0].contains("2026-09-21 23:13:20 Asia/Tokyo (UTC+9)"), "\(lines[0])")
    var incident = Incident(
      id: "22ba6273c7ef6d00",
      severity: .high,
      actor: "account:a",
      first: screen.now,
      last: screen.now
    )
    incident.records = Volume(low: 1, high: 1, quality: .exact)
    #expect(text.line(incident, isNew: true).hasPrefix("2026-09-21T23:13:20+09:00 "))
  }

  @Test func `tells where there is room how far each source is settled, and which is idle`() throws
  {
    var screen = screen()
    screen.sources[0].mark = Timestamp(seconds: 1_790_000_000 - 47 * 3600)
    screen.sources[1].mark = screen.sources[0].mark
    screen.sources[1].isIdle = true
    let lines = screen.lines(rows: 24, columns: 90, WatchText(.english))
    #expect(lines.contains { $0.hasSuffix("    settled     behind") }, "\(lines)")
    #expect(lines.contains { $0.hasPrefix("  source-0") && $0.hasSuffix("       47 h       60 s") })
    #expect(lines.contains { $0.hasPrefix("  source-1") && $0.hasSuffix("       idle       60 s") })
    #expect(lines.contains { $0.hasPrefix("  source-2") && $0.hasSuffix("          -       60 s") })
    let japanese = screen.lines(rows: 24, columns: 90, WatchText(.japanese))
    #expect(japanese.contains { $0.hasSuffix("       確定       遅れ") }, "\(japanese)")
    #expect(japanese.contains { $0.hasPrefix("  source-1") && $0.contains("休止") })
    let narrow = screen.lines(rows: 24, columns: 89, WatchText(.english))
    #expect(!narrow.contains { $0.contains("settled") })
  }

  @Test func `keeps lag and rate of a source at 40 columns`() throws {
    let lines = screen().lines(rows: 24, columns: 40, WatchText(.english))
    let source = try #require(lines.first { $0.hasPrefix("source-0") })
    #expect(source.hasSuffix("       17     60 s"), "\(source)")
    let low = screen().lines(rows: 5, columns: 20, WatchText(.english))
    #expect(low.contains { $0.hasPrefix("source-0") && $0.hasSuffix("60 s") }, "\(low)")
  }
}
