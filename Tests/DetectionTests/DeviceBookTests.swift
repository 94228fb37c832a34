import EventModel
import Testing

@testable import Detection

/// Which storage devices were at which hosts.
@Suite struct DeviceBookTests {
  private static let second: Int64 = 1_000_000_000
  private static let terminal = NameID(rawValue: 1)

  private static func bytes(_ book: DeviceBook) -> [UInt8] {
    var writer = StateWriter()
    book.write(to: &writer)
    return writer.bytes
  }

  /// A stick that tells its model, serial number, port and disk within seconds.
  private static func attach(
    _ serial: UInt32,
    to book: inout DeviceBook,
    at time: Int64,
    terminal: NameID = terminal,
    month: Int32 = 24_291
  ) {
    let lines: [(UInt32, DeviceBook.Part)] = [
      (10, .model), (serial, .serial), (30, .other), (31, .other),
    ]
    for (place, line) in lines.enumerated() {
      book.note(
        NameID(rawValue: line.0),
        line.1,
        at: terminal,
        month: month,
        time: time + Int64(place) * second
      )
    }
  }

  @Test func `the lines of one device are one attachment`() {
    var book = DeviceBook()
    Self.attach(20, to: &book, at: 0)
    Self.attach(20, to: &book, at: 600 * Self.second)
    #expect(book.all.count == 1)
    let (key, use) = book.all[0]
    #expect(key.serial == 20 && key.model == 10 && key.other == 0)
    #expect(use.attachments == 2 && use.isStorage)
    #expect(use.first == 0 && use.last == 600 * Self.second)
  }

  @Test func `another serial number within the minute is another device`() {
    var book = DeviceBook()
    Self.attach(20, to: &book, at: 0)
    Self.attach(21, to: &book, at: 10 * Self.second)
    #expect(book.all.map(\.key.serial).sorted() == [20, 21])
    // A mouse tells its model and no disk.
    book.note(
      NameID(rawValue: 11),
      .model,
      at: NameID(rawValue: 2),
      month: 24_291,
      time: 20 * Self.second
    )
    #expect(book.all.filter { !$0.use.isStorage }.map(\.key.model) == [11])
  }

  @Test func `months and terminals stand apart`() {
    var book = DeviceBook()
    Self.attach(20, to: &book, at: 0)
    Self.attach(20, to: &book, at: 600 * Self.second, terminal: NameID(rawValue: 2))
    Self.attach(20, to: &book, at: 1_200 * Self.second, month: 24_292)
    #expect(
      book.all.map { [$0.key.month, Int32($0.key.terminal)] } == [
        [24_291, 1], [24_291, 2], [24_292, 1],
      ]
    )
  }

  @Test func `a book in the middle of an attachment goes on after it is restored`() throws {
    for cut in 0..<4 {
      var whole = DeviceBook()
      var book = DeviceBook()
      for (place, line) in [(10, DeviceBook.Part.model), (20, .serial), (30, .other), (31, .other)]
        .enumerated()
      {
        let (name, part) = (NameID(rawValue: UInt32(line.0)), line.1)
        let time = Int64(place) * Self.second
        whole.note(name, part, at: Self.terminal, month: 24_291, time: time)
        book.note(name, part, at: Self.terminal, month: 24_291, time: time)
        guard place == cut else { continue }
        var reader = StateReader(Self.bytes(book))
        book = try DeviceBook(from: &reader)
        #expect(reader.isAtEnd)
      }
      #expect(Self.bytes(book) == Self.bytes(whole))
    }
  }

  @Test func `beyond the bound the use longest not seen goes, and is counted`() {
    var book = DeviceBook()
    let most = UInt32(DeviceBook.most.uses)
    for serial in 0..<most + 3 {
      let time = Int64(serial) * 100 * Self.second
      book.note(NameID(rawValue: 100 + serial), .serial, at: Self.terminal, month: 1, time: time)
    }
    #expect(book.all.count == Int(most))
    // The last one waits for lines, and makes the third that has no place when it is closed.
    #expect(book.leftOut == 2)
    #expect(book.all.first?.key.serial == 103)
  }

  @Test func `books of two shards become one`() {
    var left = DeviceBook()
    var right = DeviceBook()
    Self.attach(20, to: &left, at: 0)
    Self.attach(20, to: &right, at: 600 * Self.second, terminal: NameID(rawValue: 2))
    Self.attach(21, to: &right, at: 700 * Self.second, terminal: NameID(rawValue: 2))
    left.merge(right)
    #expect(left.all.map(\.key.serial) == [20, 20, 21])
    #expect(left.all.reduce(0) { $0 + $1.use.attachments } == 3)
  }
}
