import Testing

@testable import Wire

@Suite struct `An address of the wire` {
  @Test(arguments: [
    (InternetAddress(version4: 0xC000_0207), "192.0.2.7"),
    (InternetAddress(high: 0x2001_0DB8_0000_0000, low: 7), "2001:db8::7"),
    (InternetAddress(high: 0, low: 1), "::1"),
    (InternetAddress(high: 0, low: 0), "::"),
    (
      InternetAddress(high: 0x2001_0DB8_0000_0001, low: 0x0001_0001_0001_0001),
      "2001:db8:0:1:1:1:1:1"
    ),
    (InternetAddress(high: 0x2001_0DB8_0000_0000, low: 0x0001_0000_0000_0001), "2001:db8::1:0:0:1"),
  ])
  func `is written as RFC 5952 asks`(address: InternetAddress, text: String) {
    #expect(address.description == text)
  }
}
