import Testing

@testable import Reporting

/// A file of an owner's report bears a name that people read and every file system takes.
@Suite struct FileNameTests {
  @Test(
    arguments: [
      ("Minato Gas", "minato-gas"), ("北電力", "北電力"), ("カス会社 (株)", "カス会社-株"),
      ("Ü & Söhne <b>", "ü-söhne-b"), ("../../etc/passwd", "etc-passwd"), ("a\u{202e}b", "a-b"),
      ("\u{0}\u{1b}[31m", "31m"), ("...", "owner"), ("\u{115f}\u{200d}", "owner"), ("", "owner"),
    ]
  )
  func `the name of an owner in any script stays readable and harmless`(
    name: String,
    wanted: String
  ) {
    #expect(FileNames.readable(name) == wanted)
  }

  @Test func `a long name fits with room for the rest`() {
    #expect(FileNames.readable(String(repeating: "漢", count: 500)).utf8.count <= 160)
    #expect(FileNames.readable("e" + String(repeating: "\u{301}", count: 5_000)).utf8.count <= 160)
  }
}
