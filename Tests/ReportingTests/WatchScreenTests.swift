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

  @Test func `keeps lag and rate of a source at 40 columns`() throws {
    let lines = screen().lines(rows: 24, columns: 40, WatchText(.english))
    let source = try #require(lines.first { $0.hasPrefix("source-0") })
    #expect(source.hasSuffix("       17     60 s"), "\(source)")
    let low = screen().lines(rows: 5, columns: 20, WatchText(.english))
    #expect(low.contains { $0.hasPrefix("source-0") && $0.hasSuffix("60 s") }, "\(low)")
  }
}
