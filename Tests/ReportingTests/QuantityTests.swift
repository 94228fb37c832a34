import EventModel
import Testing

@testable import Reporting

@Suite struct `The value of a finding` {
  @Test(arguments: [("bytes", "6,002 bytes", "バイト"), ("parts", "6,002 parts", "箇所")])
  func `has the unit it was counted in`(_ unit: String, _ english: String, _ japanese: String) {
    let value = Volume.exactly(6_002)
    #expect(TextNumbers(language: .english).quantity(value, unit: unit) == english)
    let text = TextNumbers(language: .japanese).quantity(value, unit: unit)
    #expect(text.contains("6,002") && text.hasSuffix(japanese), "\(text)")
  }
}
