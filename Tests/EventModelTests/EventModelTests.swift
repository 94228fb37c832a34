import EventModel
import Testing

@Suite struct `The bytes of a file name` {
  @Test func `survive as text, whatever they are`() {
    let names: [[UInt8]] = [
      Array("plain.log".utf8), Array("台帳 10.log".utf8), [0x8D, 0xB2, 0x93, 0xA1], [0xFF, 0xFE],
      [0x61, 0xE5, 0x90], [0xF4, 0x8F, 0xBA, 0x80, 0x2E], [0xED, 0xA0, 0x80, 0x62], [],
    ]
    for name in names {
      let text = (name.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer {
        $0.baseAddress.map { PathText.text(ofName: $0) } ?? ""
      }
      #expect(PathText.bytes(of: text) == name)
      let length = PathText.withName(text) { start in
        var end = start
        while end.pointee != 0 { end += 1 }
        return end - start
      }
      #expect(length == name.count)
    }
  }
}

@Suite struct `A record without a row` {
  @Test func `keeps time, line, length and whether its year is stated, within bounds`() {
    let record = DatedRecord(time: 5, line: 7, length: .max, isYearless: true)
    #expect((record.time, record.line, record.isYearless) == (5, 7, true))
    #expect(record.length == Int(Int32.max))
    #expect(!DatedRecord(time: 0, line: 1, length: 9, isYearless: false).isYearless)
  }
}
