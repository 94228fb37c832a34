import EventModel
import Testing

@testable import Ingest

struct YearPartsTests {
  /// Numbers from a seed, the same in every run.
  private struct Numbers: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  private struct Part {
    var folder = "logs"
    var name: String
    /// Days since 1970 of its lines.
    var days: [Int]
  }

  private func day(_ year: Int, _ month: Int, _ day: Int) -> Int {
    CivilCalendar.dayNumber(year: year, month: month, day: day)
  }

  /// The same day in the year 2000.
  private func yearless(_ day: Int) -> Int {
    let date = CivilCalendar.date(ofDay: day)
    return CivilCalendar.dayNumber(year: 2000, month: date.month, day: date.day)
  }

  /// The days that the lines of each part are given, and what is doubted.
  private func infer(
    _ parts: [Part],
    declared: Int?,
    changed: Int? = nil
  ) -> (days: [[Int]], doubts: Set<YearInference.Doubt>) {
    let files = parts.map { part in
      var marks = YearMarks()
      for (line, day) in part.days.enumerated() {
        marks.note(day: yearless(day) - YearSet.leapYearStart, line: line)
      }
      return YearInference.File(
        folder: part.folder,
        name: part.name,
        modificationSeconds: changed.map { Int64($0) * 86_400 },
        marks: marks
      )
    }
    let found = YearInference.infer(files, declaredYear: declared, zone: .utc)
    let days = zip(parts, found).map { part, years in
      var rows = part.days.enumerated().map { line, day in
        var row = EventRow(time: Int64(yearless(day)) * Timestamp.nanosecondsPerDay)
        row.flags = [.yearless]
        row.line = UInt32(line)
        return row
      }
      years.resolve(&rows)
      return rows.map { Timestamp(nanoseconds: $0.time).dayNumber() }
    }
    return (days, found.reduce(into: []) { $0.formUnion($1.doubts) })
  }

  /// A log in order of time but for late lines.
  private func log(from first: Int, months: Int, _ numbers: inout Numbers) -> [Int] {
    var (days, day) = ([first], first)
    let widest = Int.random(in: 1...12, using: &numbers)
    while day < first + months * 30 {
      day += Int.random(in: 0...widest, using: &numbers)
      days.append(day)
      if Int.random(in: 0..<40, using: &numbers) == 0 { days.append(max(first, day - 3)) }
    }
    return days
  }

  private func letters(_ index: Int) -> String {
    let bytes = [UInt8(0x61 + index / 26), UInt8(0x61 + index % 26)]
    return String(decoding: bytes, as: UTF8.self)
  }

  private func name(_ index: Int, of count: Int, style: Int, first: Int) -> String {
    let date = CivilCalendar.date(ofDay: first)
    let stamp = String(date.year * 10_000 + date.month * 100 + date.day)
    switch style {
    case 0: return "part\(index)"
    case 1: return "messages-0\(index).log"
    case 2: return index == count - 1 ? "auth.log" : "auth.log.\(count - 1 - index)"
    case 3: return "part" + letters(index)
    case 4: return "x" + letters(index)
    case 5: return "auth-" + letters(index) + ".log.gz"
    case 6: return "mail" + letters(index) + ".log"
    default: return "syslog-" + stamp
    }
  }

  @Test(arguments: 0..<8)
  func `parts named by numbers, letters or dates have the times of the whole`(style: Int) {
    var numbers = Numbers(state: UInt64(style))
    for round in 0..<250 {
      let year = Int.random(in: 2010...2024, using: &numbers)
      let first = day(year, 1, 1) + Int.random(in: 0..<365, using: &numbers)
      let lines = log(from: first, months: Int.random(in: 1...40, using: &numbers), &numbers)
      #expect(infer([Part(name: "whole", days: lines)], declared: year).days == [lines])
      let wanted = Int.random(in: 1...30, using: &numbers)
      var cuts = Set((0..<wanted).map { _ in Int.random(in: 1..<lines.count, using: &numbers) })
      // Dates name parts once a day.
      if style == 7 { cuts = cuts.filter { lines[$0] > (lines[..<$0].max() ?? 0) } }
      let bounds = [0] + cuts.sorted() + [lines.count]
      let parts = zip(bounds, bounds.dropFirst()).enumerated().map { index, bound in
        Part(
          name: name(index, of: bounds.count - 1, style: style, first: lines[bound.0]),
          days: Array(lines[bound.0..<bound.1])
        )
      }.shuffled(using: &numbers)
      let found = infer(parts, declared: year)
      #expect(found.days == parts.map(\.days), "round \(round)")
      #expect(found.doubts.isEmpty, "round \(round)")
    }
  }

  @Test func `an undeclared log over a 29 February is placed as a whole`() {
    let days = Array(day(2023, 4, 1)...day(2024, 8, 12))
    let changed = day(2026, 8, 20)
    let whole = [Part(name: "messages", days: days)]
    #expect(infer(whole, declared: nil, changed: changed).days == [days])
    let parts = [
      Part(name: "partab", days: Array(days[300...])),
      Part(name: "partaa", days: Array(days[..<300])),
    ]
    #expect(infer(parts, declared: nil, changed: changed).days == parts.map(\.days))
  }

  @Test func `an undeclared log of any length has one placing, with its leap days in leap years`() {
    var numbers = Numbers(state: 99)
    for _ in 0..<200 {
      let first = day(2010, 1, 1) + Int.random(in: 0..<4000, using: &numbers)
      let lines = log(from: first, months: Int.random(in: 1...40, using: &numbers), &numbers)
      let changed = (lines.max() ?? 0) + Int.random(in: 0..<1500, using: &numbers)
      let found = infer([Part(name: "messages", days: lines)], declared: nil, changed: changed)
      let given = found.days.first ?? []
      #expect(found.doubts.isEmpty)
      #expect(zip(given, lines).allSatisfy { yearless($0) == yearless($1) })
      let shifts = Set(
        zip(given, lines).map {
          CivilCalendar.date(ofDay: $0).year - CivilCalendar.date(ofDay: $1).year
        }
      )
      #expect(shifts.count == 1)
      #expect((given.max() ?? 0) <= changed + 2)
    }
  }

  @Test func `a late line of the old year leaves the first line in the declared one`() {
    let first = day(2024, 1, 1)
    for length in [2, 40, 300, 360, 500] {
      for (start, late) in [(first, first - 1), (first + 2, first - 3)] {
        let days = [start, late] + Array(start..<start + length)
        #expect(
          infer([Part(folder: "", name: "messages", days: days)], declared: 2024).days == [days]
        )
        for cut in [1, 2, length / 2 + 1] {
          let parts = [
            Part(folder: "", name: "messages.1", days: Array(days[..<cut])),
            Part(folder: "", name: "messages", days: Array(days[cut...])),
          ]
          let found = infer(parts, declared: 2024).days
          #expect(found.flatMap { $0 } == days, "\(length) days, cut at \(cut)")
        }
      }
    }
    // In order the first line is the old year's.
    let days = [first - 1] + Array(first..<first + 40)
    #expect(infer([Part(folder: "", name: "messages", days: days)], declared: 2023).days == [days])
  }

  @Test func `a 29 February in a declared common year is doubted`() {
    let days = [day(2024, 2, 28), day(2024, 2, 29)]
    let found = infer([Part(name: "messages", days: days)], declared: 2023)
    #expect(found.days == [[day(2023, 2, 28), day(2023, 3, 1)]])
    #expect(found.doubts == [.leapDay])
  }

  @Test func `lines tell the order where names do not, or it is doubted`() {
    let days = Array(day(2015, 4, 1)...day(2018, 6, 11))
    let cut = [Array(days[..<300]), Array(days[300..<700]), Array(days[700...])]
    let names = ["new", "middle", "old"]
    let parts = zip(names, cut).map { Part(name: $0, days: $1) }
    #expect(infer(parts, declared: 2015).days == cut)
    #expect(infer(parts, declared: 2015).doubts == [.orderOfLines])
    // Names that run backwards.
    let backwards = zip(["z", "y", "x"], cut).map { Part(name: $0, days: $1) }
    #expect(infer(backwards, declared: 2015).days == cut)
    // Later parts of a series alone.
    let later = zip(["partac", "partad", "partae"], cut).map { Part(name: $0, days: $1) }
    #expect(infer(later, declared: 2015).days == cut)
    // Two hosts: each log begins in the year.
    for folders in [["web1", "web2"], ["logs", "logs"]] {
      let hosts = zip(folders, ["a1.log", "a2.log"]).map { Part(folder: $0, name: $1, days: days) }
      #expect(infer(hosts, declared: 2015).days == [days, days])
      #expect(infer(hosts, declared: 2015).doubts == [.noOrder])
    }
  }
}
