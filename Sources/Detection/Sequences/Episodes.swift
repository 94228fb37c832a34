internal import EventModel

/// One day on which a key read in bulk without an instruction.
struct Episode: Sendable, Equatable, BitwiseCopyable {
  var day: Int32
  /// Minute of the day (UTC) of the first such read.
  var minute: Int16
  /// Where it was made, 0 if not told.
  var terminal: UInt32
  /// All records of the day.
  var records: Int64
}

/// The latest episodes of a key, at most 32 of them: 24 bytes each.
struct Episodes: Sendable, Equatable {
  static let most = 32

  private(set) var list: [Episode] = []

  mutating func add(_ handling: UnsafePointer<Handling>) {
    let (day, records) = (handling.pointee.day, handling.pointee.unexplainedCharge)
    if let last = list.last, last.day == day {
      list[list.count - 1].records &+= records
      return
    }
    let minutes = handling.pointee.row.time / 60_000_000_000 % 1_440
    list.append(
      Episode(
        day: day,
        minute: Int16(truncatingIfNeeded: minutes < 0 ? minutes + 1_440 : minutes),
        terminal: handling.pointee.terminal.rawValue,
        records: records
      )
    )
    if list.count > Self.most { list.removeFirst() }
  }

  /// What the episodes of the last 365 days have in common.
  func likeness(until day: Int32) -> Likeness {
    Likeness(list.filter { day &- $0.day < 365 })
  }

  /// What all that are kept have in common, however long ago they were.
  var lifelongLikeness: Likeness { Likeness(list) }

  /// Whether the latest two lie whole weeks apart and are alike in size and terminal.
  var areWeeklyTwins: Bool {
    guard list.count >= 2 else { return false }
    let (one, other) = (list[list.count - 2], list[list.count - 1])
    let days = other.day &- one.day
    let (least, most) = (min(one.records, other.records), max(one.records, other.records))
    return days > 0 && days <= 28 && days % 7 == 0 && one.terminal != 0
      && one.terminal == other.terminal && least >= 300 && most - least <= least / 4
  }

  mutating func merge(_ other: Episodes) {
    for entry in other.list {
      if let place = list.firstIndex(where: { $0.day == entry.day }) {
        list[place].records &+= entry.records
        if entry.minute < list[place].minute {
          list[place].minute = entry.minute
          list[place].terminal = entry.terminal
        }
      } else {
        list.insert(entry, at: list.firstIndex { $0.day > entry.day } ?? list.count)
      }
    }
    list = Array(list.suffix(Self.most))
  }

  func write(to writer: inout StateWriter) {
    writer.write(UInt64(list.count))
    for entry in list {
      writer.write(Int64(entry.day))
      writer.write(Int64(entry.minute))
      writer.write(UInt64(entry.terminal))
      writer.write(entry.records)
    }
  }

  init() {}

  init(from reader: inout StateReader) throws(StateError) {
    for _ in 0..<(try reader.count()) {
      list.append(
        Episode(
          day: Int32(truncatingIfNeeded: try reader.signed()),
          minute: Int16(truncatingIfNeeded: try reader.signed()),
          terminal: UInt32(truncatingIfNeeded: try reader.unsigned()),
          records: try reader.signed()
        )
      )
    }
  }
}

/// In what episodes resemble each other: a trait is there when two in three share it.
struct Likeness: Equatable {
  var count = 0
  /// Within half as much again of the median number of records.
  var isOfOneSize = false
  /// Within two hours of one time of day.
  var isOfOneHour = false
  var isAtOneTerminal = false
  /// A quarter about the median interval, or a day.
  var isRegular = false

  var traits: Int {
    [isOfOneSize, isOfOneHour, isAtOneTerminal, isRegular].reduce(0) { $0 + ($1 ? 1 : 0) }
  }

  init(_ episodes: [Episode]) {
    count = episodes.count
    guard count >= 3 else { return }
    let sizes = episodes.map(\.records).sorted()
    let size = sizes[count / 2]
    isOfOneSize = Self.isMost(sizes.count { $0 * 3 >= size * 2 && $0 * 2 <= size * 3 }, of: count)
    isOfOneHour = episodes.contains { center in
      let near = episodes.count {
        let apart = abs(Int($0.minute) - Int(center.minute))
        return min(apart, 1_440 - apart) <= 120
      }
      return Self.isMost(near, of: count)
    }
    isAtOneTerminal = episodes.contains { one in
      one.terminal != 0
        && Self.isMost(episodes.count { $0.terminal == one.terminal }, of: count)
    }
    let gaps = zip(episodes.dropFirst(), episodes).map { Int($0.day) - Int($1.day) }
    let gap = gaps.sorted()[gaps.count / 2]
    let near = gaps.count { abs($0 - gap) <= max(1, gap / 4) }
    isRegular = gaps.count >= 2 && Self.isMost(near, of: gaps.count)
  }

  private static func isMost(_ part: Int, of whole: Int) -> Bool { part * 3 >= whole * 2 }
}
