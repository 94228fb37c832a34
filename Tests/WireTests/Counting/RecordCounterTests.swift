import Testing

@testable import Wire

/// Records of bodies, counted while they pass, in pieces of every size.
struct RecordCounterTests {
  private static func count(
    _ text: [UInt8],
    _ kind: RecordCounter.Kind = .delimited,
    piece: Int = 7
  ) -> (rows: Int64?, isAtLeast: Bool) {
    var counter = RecordCounter(kind)
    var at = 0
    while at < text.count {
      let end = min(at + piece, text.count)
      Array(text[at..<end]).withUnsafeBufferPointer { counter.add($0) }
      at = end
    }
    return (counter.count(isWhole: true), counter.isAtLeast)
  }

  @Test(arguments: [1, 2, 7, 5000])
  func `lines are records, but for a header and the line that names the separator`(piece: Int) {
    let plain = Self.count(Array("id,name\r\n1,a\r\n2,b\r\n".utf8), piece: piece)
    #expect(plain.rows == 2 && !plain.isAtLeast)
    let named = Self.count(Array("sep=;\r\nid;name\r\n1;a\r\n2;b".utf8), piece: piece)
    #expect(named.rows == 2 && !named.isAtLeast)
    let wide = Array("\u{FEFF}id,name\n1,a\n2,b\n3,c\n".utf16).flatMap {
      [UInt8($0 & 255), UInt8($0 >> 8)]
    }
    let counted = Self.count(wide, piece: piece)
    #expect(counted.rows == 3 && !counted.isAtLeast)
  }

  @Test(arguments: [1, 2, 7, 5000])
  func `lines that end with CR alone are counted`(piece: Int) {
    let open = Self.count(Array("id,name\r1,a\r2,b".utf8), piece: piece)
    #expect(open.rows == 2 && !open.isAtLeast)
    let ended = Self.count(Array("1,a\r2,b\r".utf8), piece: piece)
    #expect(ended.rows == 2 && !ended.isAtLeast)
    #expect(Self.count(Array("1,a".utf8), piece: piece).rows == 1)
  }

  @Test func `a quote without an end leaves a lower bound`() {
    let found = Self.count(Array("1,\"a\n2,b\n3,c\n".utf8))
    #expect(found.isAtLeast)
    let whole = Self.count(Array("1,\"a\n\"\n2,b\n".utf8))
    #expect(whole.rows == 2 && !whole.isAtLeast)
  }

  @Test func `what is no text has no records that could be counted`() {
    #expect(Self.count([0x50, 0x4B, 3, 4, 0, 10, 7, 10, 0]).rows == nil)
    let line = Array(repeating: UInt8(ascii: "Q"), count: 76)
    let encoded = (line + [13]).dropLast() + [10] + line + [10] + Array("QQ==\n".utf8)
    #expect(Self.count(Array(encoded)).rows == nil)
    #expect(Self.count(Array("{\"a\":1}\n{\"a\":2}\n".utf8), .lines).rows == 2)
  }

  @Test func `past a hole the count is a lower bound`() {
    var counter = RecordCounter(.delimited)
    Array("1,a\n2,b\n".utf8).withUnsafeBufferPointer { counter.add($0) }
    counter.lose()
    #expect(counter.count(isWhole: true) == 2 && counter.isAtLeast)
  }
}
