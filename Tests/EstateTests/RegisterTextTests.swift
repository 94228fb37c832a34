import Testing

@testable import Estate

struct RegisterTextTests {
  @Test(arguments: [
    // 番号,山田 in UTF-8, CP932 and EUC-JP.
    [0xE7, 0x95, 0xAA, 0xE5, 0x8F, 0xB7, 0x2C, 0xE5, 0xB1, 0xB1, 0xE7, 0x94, 0xB0] as [UInt8],
    [0x94, 0xD4, 0x8D, 0x86, 0x2C, 0x8E, 0x52, 0x93, 0x63],
    [0xC8, 0xD6, 0xB9, 0xE6, 0x2C, 0xBB, 0xB3, 0xC5, 0xC4],
  ])
  func `the same words are read from each encoding`(bytes: [UInt8]) throws {
    let text = try #require(RegisterText.utf8(bytes))
    #expect(String(decoding: text, as: UTF8.self) == "番号,山田")
  }

  @Test(arguments: [
    "id,owner\n1,Kita\n2,\"open\n3,Kita\n4,Minami\n",
    "id,owner\n1,Kita\n2,\"open\n3,\"Kita\"\n4,Minami",
  ])
  func `a quote that is not closed takes its own line alone`(text: String) {
    let records = Array(CSVRecords(Array(text.utf8)))
    #expect(records.map(\.line) == [1, 2, 3, 4, 5])
    #expect(records.map(\.isTorn) == [false, false, true, false, false])
    #expect(records.map(\.fields.first) == ["id", "1", "2", "3", "4"])
  }

  @Test(
    arguments: [
      ("5000", 5_000), ("５０００", 5_000), ("５，０００件", 5_000), ("5,000 件", 5_000), ("120名", 120),
      ("３人", 3),
      ("五千", nil), ("件", nil), ("５千", nil), ("many", nil),
    ] as [(String, Int64?)]
  )
  func `a number in full width or with its counter word is one`(text: String, count: Int64?) {
    #expect(Scalars.writtenCount(text) == count)
  }

  @Test func `a line break within quotes is part of the field`() {
    let records = Array(CSVRecords(Array("1,\"a\nb\"\n2,c\n".utf8)))
    #expect(records.map(\.fields) == [["1", "a\nb"], ["2", "c"]])
    #expect(records.map(\.line) == [1, 3])
  }

  @Test func `plain text stays, and what is none of them is refused`() {
    #expect(RegisterText.utf8(Array("id,owner\n1,Kita\n".utf8)) == Array("id,owner\n1,Kita\n".utf8))
    #expect(RegisterText.utf8([]) == [])
    #expect(RegisterText.utf8([0x69, 0x64, 0x2C, 0xFF, 0xFF, 0x0A]) == nil)
  }

  /// `owner,北` in CP932, whose first byte is a control character of EUC-JP.
  @Test func `a register of few kanji in CP932 is read as that`() throws {
    let text = try #require(RegisterText.utf8(Array("id,owner\n1,".utf8) + [0x96, 0x6B, 0x0A]))
    #expect(String(decoding: text, as: UTF8.self) == "id,owner\n1,北\n")
  }

  /// `ｷﾀﾐﾅ` in CP932 is two kanji of EUC-JP.
  @Test func `bytes that are either are what the declared names are in`() throws {
    let bytes = Array("id,owner\n1,".utf8) + [0xB7, 0xC0, 0xD0, 0xC5, 0x0A]
    let text = try #require(RegisterText.utf8(bytes, declared: ["ｷﾀﾐﾅ"]))
    #expect(String(decoding: text, as: UTF8.self) == "id,owner\n1,ｷﾀﾐﾅ\n")
    let other = try #require(RegisterText.utf8(bytes))
    #expect(!String(decoding: other, as: UTF8.self).contains("ｷﾀﾐﾅ"))
  }

  @Test func `blanks of any kind around a text are none of it`() {
    #expect(Scalars.trimmed(" \u{3000}T 1\t\u{A0}") == "T 1")
    #expect(Scalars.trimmed("\u{3000} ") == "")
  }
}
