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

  @Test(arguments: [1, 2, 7, 4096, 50_000])
  func `a quote within a field that none has opened is a letter`(piece: Int) {
    let lines = (1...4000).map { "\($0),19\" monitor\n" }.joined()
    let found = Self.count(Array("id,item\n\(lines)".utf8), piece: piece)
    #expect(found.rows == 4000 && !found.isAtLeast)
    let one = Self.count(Array("id,item\n1,19\" monitor\n2,a\n3,b\n".utf8), piece: piece)
    #expect(one.rows == 3 && !one.isAtLeast)
  }

  @Test(arguments: [1, 3, 5000])
  func `quotes are read by RFC 4180 whatever separates the fields`(piece: Int) {
    for separator in [",", ";", "\t", "|"] {
      let row = "1\(separator)\"a\n\"\"b\"\"\r\nc\"\(separator)\"\"\r\n"
      let text = "id\(separator)note\(separator)x\r\n" + String(repeating: row, count: 50)
      let found = Self.count(Array(text.utf8), piece: piece)
      #expect(found.rows == 50 && !found.isAtLeast)
    }
    // A byte that separates elsewhere opens no field here.
    let other = Self.count(Array("id,note\n1,a;\"b\n2,c\n3,d\n".utf8), piece: piece)
    #expect(other.rows == 3 && !other.isAtLeast)
    let marked = Self.count(Array("\u{FEFF}\"id\",\"a\nb\"\n1,2\n".utf8), piece: piece)
    #expect(marked.rows == 1 && !marked.isAtLeast)
  }

  @Test(arguments: [1, 3, 5000])
  func `quotes that can be read in two ways leave a lower bound`(piece: Int) {
    // `\"` within quotes, with an end of a line behind it.
    let slashed = (1...500).map { #"\#($0),"a \" b"# + "\nc\"\n" }.joined()
    let found = Self.count(Array("id,note\n\(slashed)".utf8), piece: piece)
    #expect(found.rows.map { $0 > 0 && $0 <= 500 } == true && found.isAtLeast)
    // One in a field: whoever reads it, each line is a record.
    let plain = (1...500).map { #"\#($0),"5\" tall""# + "\n" }.joined()
    let lines = Self.count(Array("id,note\n\(plain)".utf8), piece: piece)
    #expect(lines.rows == 500)
    let ending = (1...500).map { #"\#($0),"5\"""# + "\n" }.joined()
    let ended = Self.count(Array("id,note\n\(ending)".utf8), piece: piece)
    #expect(ended.rows == 500 && ended.isAtLeast)
    // A path that ends with a backslash is no such case.
    let paths = (1...500).map { #"\#($0),"C:\","D:\""# + "\n" }.joined()
    let path = Self.count(Array("id,a,b\n\(paths)".utf8), piece: piece)
    #expect(path.rows == 500 && !path.isAtLeast)
    // Quotes that the start of one field opens and that of another closes.
    let torn = (1...500).map { "\"\($0) inches,x\n" }.joined()
    let half = Self.count(Array("size,x\n\(torn)".utf8), piece: piece)
    #expect(half.isAtLeast)
  }

  @Test(arguments: [1, 2, 7, 5000])
  func `of UTF-16 letters are read, not bytes`(piece: Int) {
    // The lower byte of 上 is that of an end of a line, of ∢ that of a quote.
    let text = "id,name\n" + (1...40).map { "\($0),上野∢\n" }.joined()
    for (mark, isBig) in [(true, false), (true, true), (false, false), (false, true)] {
      let bytes = ((mark ? "\u{FEFF}" : "") + text).utf16.flatMap { unit in
        let pair = [UInt8(unit & 255), UInt8(unit >> 8)]
        return isBig ? pair.reversed() : pair
      }
      let found = Self.count(bytes, piece: piece)
      #expect(found.rows == 40 && !found.isAtLeast)
    }
  }
}
