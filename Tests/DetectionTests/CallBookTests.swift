import Estate
import EventModel
import Testing

@testable import Detection

/// Which call a look-up belongs to.
struct CallBookTests {
  private static let second: Int64 = 1_000_000_000
  private let policy = CallPolicy()

  private func account(_ name: UInt32) -> CallBook.Party {
    CallBook.Party(kind: .account, name: name)
  }

  private func lookUp(_ book: inout CallBook, _ name: UInt32, at seconds: Int64) -> CallBook.Verdict
  {
    let verdict = book.verdict(
      on: [account(name)],
      isDeclared: true,
      at: seconds * Self.second,
      policy
    )
    if case .waits(let source) = verdict {
      var row = EventRow(time: seconds * Self.second)
      row.account = NameID(rawValue: name)
      book.wait(row, [account(name)], for: source)
    }
    return verdict
  }

  private func call(
    _ book: inout CallBook,
    _ name: UInt32,
    at seconds: Int64,
    for length: Int64 = 60,
    source: Int32 = 0
  ) -> (accompanied: Int, alone: Int) {
    let decided = book.note(
      [account(name)],
      from: seconds * Self.second,
      length: length * Self.second,
      source: source,
      policy
    )
    return (decided.accompanied.count, decided.alone.count)
  }

  @Test func `a look-up during a call or while it is written up belongs to it`() {
    var book = CallBook()
    _ = call(&book, 1, at: 1_000)
    #expect(lookUp(&book, 1, at: 1_000) == .accompanied)
    #expect(lookUp(&book, 1, at: 1_360) == .accompanied)
    #expect(lookUp(&book, 1, at: 1_361) == .waits(0))
    #expect(lookUp(&book, 2, at: 1_010) == .waits(0))
  }

  @Test func `a look-up waits until the next call of anybody, and had none then`() {
    var book = CallBook()
    _ = call(&book, 1, at: 1_000)
    #expect(lookUp(&book, 1, at: 2_000) == .waits(0))
    // So soon after it the account itself may still dial.
    #expect(call(&book, 2, at: 2_120) == (0, 0))
    #expect(call(&book, 2, at: 2_121) == (0, 1))
    #expect(call(&book, 2, at: 2_200) == (0, 0))
  }

  @Test func `who opens a record and then dials had a call`() {
    var book = CallBook()
    _ = call(&book, 1, at: 1_000)
    #expect(lookUp(&book, 1, at: 2_000) == .waits(0))
    #expect(call(&book, 1, at: 2_120) == (1, 0))
    #expect(call(&book, 2, at: 9_000) == (0, 0))
  }

  @Test func `a source that was silent for long was not at work`() {
    var book = CallBook()
    let day: Int64 = 86_400
    _ = call(&book, 1, at: 0)
    #expect(lookUp(&book, 1, at: 3 * day) == .waits(0))
    #expect(lookUp(&book, 1, at: 5 * day) == .unknown)
    #expect(call(&book, 1, at: 6 * day) == (0, 0))
    #expect(lookUp(&book, 1, at: 6 * day + 7_200) == .waits(0))
    #expect(call(&book, 1, at: 9 * day) == (0, 1))
  }

  @Test func `one call asks for ten records`() {
    var book = CallBook()
    _ = call(&book, 1, at: 1_000, for: 3_600)
    for number in 0..<10 { #expect(lookUp(&book, 1, at: 1_100 + Int64(number)) == .accompanied) }
    #expect(lookUp(&book, 1, at: 1_200) == .waits(0))
    // A second record of the same call gives it no second measure.
    _ = call(&book, 1, at: 1_000, for: 3_600)
    #expect(lookUp(&book, 1, at: 1_300) == .waits(0))
    _ = call(&book, 1, at: 1_400)
    #expect(lookUp(&book, 1, at: 1_401) == .accompanied)
  }

  @Test func `which of two exchanges somebody telephones by only a call tells`() {
    var book = CallBook()
    _ = call(&book, 1, at: 1_000, source: 3)
    _ = call(&book, 2, at: 1_000, source: 4)
    #expect(lookUp(&book, 9, at: 1_500) == .unknown)
    #expect(lookUp(&book, 1, at: 1_500) == .waits(3))
    #expect(call(&book, 2, at: 2_000, source: 4) == (0, 0))
    #expect(call(&book, 1, at: 2_000, source: 3) == (0, 1))
  }

  @Test func `a party that is not declared is known for a fortnight`() {
    var book = CallBook()
    _ = call(&book, 1, at: 0)
    let day: Int64 = 86_400 * Self.second
    for days in 1...16 { _ = call(&book, 2, at: Int64(days) * 86_400) }
    let late = book.verdict(on: [account(1)], isDeclared: false, at: 15 * day, policy)
    #expect(late == .unknown)
    let soon = book.verdict(on: [account(1)], isDeclared: true, at: 16 * day + 1, policy)
    #expect(soon == .waits(0))
  }

  @Test func `it is the same after it was saved, and adds up`() throws {
    var book = CallBook()
    _ = call(&book, 1, at: 1_000)
    _ = call(&book, 2, at: 1_010, source: 1)
    #expect(lookUp(&book, 1, at: 2_000) == .waits(0))
    var writer = StateWriter()
    book.write(to: &writer)
    var reader = StateReader(writer.bytes)
    var read = try CallBook(from: &reader, nameCount: 3)
    var again = StateWriter()
    read.write(to: &again)
    #expect(again.bytes == writer.bytes)
    #expect(throws: StateError.self) {
      var reader = StateReader(writer.bytes)
      _ = try CallBook(from: &reader, nameCount: 2)
    }
    var other = CallBook()
    _ = call(&other, 1, at: 1_500, for: 30)
    read.merge(other)
    #expect(lookUp(&read, 1, at: 1_830) == .accompanied)
    #expect(call(&read, 2, at: 2_121) == (0, 1))
  }
}
