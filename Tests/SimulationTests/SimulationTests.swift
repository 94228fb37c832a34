import EventModel
import Foundation
import Testing

@testable import Simulation

@Suite struct `A simulation` {
  @Test func `gives the same bytes for the same seed and others for another`() throws {
    let (first, second, third) = (Place(), Place(), Place())
    let result = try simulate(first, days: 8)
    #expect(try simulate(second, days: 8) == result)
    try simulate(third, seed: 2, days: 8)
    let files = first.files()
    #expect(files == second.files())
    let other = third.files()
    for name in files.keys where name.hasSuffix("l") || name.hasSuffix(".csv") {
      #expect(files[name] != other[name], "\(name) is the same for another seed")
    }
  }

  /// The digest changes with every change of what is written, and with nothing else: not with the
  /// machine, its libraries, its clock.
  @Test func `gives the bytes it gave before`() throws {
    let place = Place()
    try simulate(place, days: 10)
    var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    let files = place.files()
    for name in files.keys.sorted() {
      (files[name] ?? Data()).withUnsafeBytes { bytes in
        for byte in bytes { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3 }
      }
    }
    #expect(digest == 9_137_925_521_372_205_396)
  }

  @Test func `keeps every line of the others when attacks are added`() throws {
    let (quiet, busy) = (Place(), Place())
    try simulate(quiet, days: 40, attacks: [])
    // A15 takes lines away: that is its point.
    let attacks = Simulation.attacks.map(\.code).filter { $0 != "A15" }
    try simulate(busy, days: 40, attacks: attacks)
    let files = busy.files()
    var more = 0
    for (name, data) in quiet.files() where name.hasPrefix("logs/") {
      let wanted = lines(data)
      let found = lines(try #require(files[name], "\(name) is missing"))
      more += found.count - wanted.count
      var next = 0
      for line in found where next < wanted.count && line == wanted[next] { next += 1 }
      #expect(next == wanted.count, "\(name): line \(next + 1) is not there or not in its place")
    }
    #expect(more > 1000)
  }

  /// Serials of auditd go on by one whatever is written: they are left out.
  private func lines(_ data: Data) -> [Data] {
    data.split(separator: 0x0A).map { line in
      guard line.starts(with: Data("node=".utf8)), let mark = line.firstRange(of: Data("): ".utf8)),
        let colon = line[..<mark.lowerBound].lastIndex(of: 0x3A)
      else { return Data(line) }
      return Data(line[..<colon] + line[mark.lowerBound...])
    }
  }

  @Test func `refuses a folder that holds something`() throws {
    let place = Place()
    try FileManager.default.createDirectory(atPath: place.path, withIntermediateDirectories: true)
    try Data("x".utf8).write(to: URL(fileURLWithPath: place.path + "/kept.txt"))
    let error = #expect(throws: SimulationError.self) { try simulate(place, days: 7) }
    #expect(error?.description.contains("kept.txt") ?? false)
    #expect(place.files().keys.sorted() == ["kept.txt"])
  }

  @Test func `refuses a code that is not in the catalogue`() {
    let place = Place()
    #expect(throws: SimulationError.self) { try simulate(place, days: 7, attacks: ["A21"]) }
    #expect(!FileManager.default.fileExists(atPath: place.path))
  }
}

@Suite struct `The truth` {
  @Test func `has every attack and look-alike, where it shows, and sums that hold`() throws {
    let place = Place()
    try simulate(place, seed: 5, days: 150)
    let lines = try place.truth()
    let wanted = (1...20).map { "A\($0)" } + (1...20).map { "H\($0)" }
    #expect(Simulation.attacks.map(\.code) + Simulation.lookAlikes.map(\.code) == wanted)
    let happenings = Dictionary(
      grouping: lines.filter { ["taking", "occurrence"].contains($0["kind"] as? String) },
      by: { $0["id"] as? String ?? "" }
    )
    for code in wanted {
      let own = try #require(happenings[code], "\(code) never happens")
      let summary = try #require(
        lines.first { $0["takings"] ?? $0["occurrences"] != nil && $0["id"] as? String == code }
      )
      try shows(own, code, in: place)
      try sums(own, code, summary)
    }
  }

  /// Logs that are named are there; where none is, a reason stands.
  private func shows(_ own: [[String: Any]], _ code: String, in place: Place) throws {
    var shown: Set<String> = []
    for happening in own {
      let logs = happening["logs"] as? [String] ?? []
      #expect(!logs.isEmpty || happening["hidden"] is String, "\(code) hides without a reason")
      shown.formUnion(logs)
    }
    #expect(!shown.isEmpty, "\(code) is in no log")
    for log in shown {
      let isThere = FileManager.default.fileExists(atPath: place.path + "/" + log)
      #expect(isThere, "\(code) names \(log)")
    }
  }

  private func sums(_ own: [[String: Any]], _ code: String, _ summary: [String: Any]) throws {
    let records = own.reduce(0) { $0 + ($1["records"] as? Int ?? 0) }
    #expect(summary["records"] as? Int == records)
    #expect((summary["takings"] ?? summary["occurrences"]) as? Int == own.count)
    for owner in summary["owners"] as? [[String: Any]] ?? [] {
      let of = own.filter { $0["owner"] as? String == owner["owner"] as? String }
      let gross = of.reduce(0) { $0 + ($1["records"] as? Int ?? 0) }
      let delivered = try #require(owner["delivered"] as? Int)
      #expect(owner["gross"] as? Int == gross)
      if let distinct = owner["distinct"] as? Int {
        #expect(distinct > 0 && distinct <= min(gross, delivered))
      } else {
        #expect(code.hasPrefix("H"))
      }
      for happening in of {
        let last = try #require(happening["last"] as? Int)
        #expect(last <= delivered, "\(code) takes more than there is")
      }
    }
  }

  @Test func `counts records once in a union of stretches`() {
    let ranges = [(1, 10), (5, 10), (30, 1), (2, 3)].map { RecordRange(first: $0.0, count: $0.1) }
    #expect(TruthBook.distinct(ranges) == 15)
    #expect(TruthBook.distinct([]) == 0)
  }
}

@Suite struct `The simulated calendar` {
  @Test(arguments: [
    "2024-04-29", "2024-05-06", "2023-03-21", "2024-09-23", "2026-09-22", "2024-12-31",
    "2015-09-22", "2018-12-24", "2025-02-24", "2019-04-30", "2019-05-01", "2019-05-02",
    "2019-10-22",
    "2020-07-23", "2020-07-24", "2020-08-10", "2021-07-22", "2021-07-23", "2021-08-09",
  ])
  func `knows holidays, those made up for and those between two`(date: String) {
    #expect(JapaneseCalendar.isHoliday(number(date)))
  }

  @Test(arguments: [
    "2024-04-30", "2024-05-07", "2023-03-22", "2019-12-23", "2015-08-11", "2020-07-20",
    "2020-10-12", "2021-08-11", "2021-07-19", "2021-10-11",
  ])
  func `knows working days`(date: String) {
    #expect(!JapaneseCalendar.isHoliday(number(date)))
  }

  @Test func `ends a month with its last working day`() {
    let ends = (0..<61).map { SimulatedDay(index: $0, number: firstOfApril + $0) }
      .filter(\.isMonthEnd).map(\.date.string)
    #expect(ends == ["2024-04-30", "2024-05-31"])
  }

  private func number(_ date: String) -> Int {
    let parts = date.split(separator: "-").compactMap { Int($0) }
    return CivilCalendar.dayNumber(year: parts[0], month: parts[1], day: parts[2])
  }
}

@Suite struct `Random numbers of a simulation` {
  @Test func `differ between actors, numbers, days and seeds, and stay in their bounds`() {
    var firsts: Set<UInt64> = []
    for seed in 0..<4 {
      for number in 0..<4 {
        for day in 0..<4 {
          for actor: StaticString in ["agent", "attack"] {
            var random = RandomStream(seed: UInt64(seed), actor: actor, number: number, day: day)
            firsts.insert(random.next())
            for bound in [1, 2, 7, 1_000_000] { #expect((0..<bound).contains(random.below(bound))) }
            #expect((20...400).contains(random.magnitude(20, 400)))
            #expect((5...9).contains(random.between(5, 9)))
          }
        }
      }
    }
    #expect(firsts.count == 128)
  }

  @Test func `spread evenly`() {
    var random = RandomStream(seed: 9, actor: "test", number: 0, day: 0)
    var counts = [Int](repeating: 0, count: 10)
    for _ in 0..<20_000 { counts[random.below(10)] += 1 }
    for count in counts { #expect((1800...2200).contains(count)) }
  }
}

@Suite struct `Lines of a day` {
  @Test(arguments: [40, 5000])
  func `come in order of time, equal times as they were made`(count: Int) {
    let store = LineStore()
    var random = RandomStream(seed: 1, actor: "lines", number: 0, day: 0)
    var wanted: [(Int, Int)] = []
    for index in 0..<count {
      let time = random.below(count / 2) * 37_000 % 86_400_000
      wanted.append((time, index))
      store.begin(time)
      store.bytes.put(index, digits: 6)
    }
    var seen: [Int] = []
    store.visit { start, length in
      #expect(length == 6)
      seen.append((0..<6).reduce(0) { $0 * 10 + Int(start[$1] - 0x30) })
    }
    #expect(seen == wanted.sorted { $0 < $1 }.map(\.1))
  }
}
