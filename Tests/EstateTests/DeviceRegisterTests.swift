import EventModel
import Testing

@testable import Estate

/// The register of storage devices.
@Suite struct DeviceRegisterTests {
  @Test func `a device is a pattern or an entry of a register`() throws {
    let yaml = """
      policy:
        devices:
          - "*REG-0007*"
          - {name: vault stick, match: ["*4C53*"], holder: Saeki, from: 2024-04-01, until: 2024-04-30}
      """
    let devices = try EstateFile.load(yaml: yaml, file: "e.yml", folder: "").estate.policy.devices
    #expect(devices.map(\.name) == ["*REG-0007*", "vault stick"])
    #expect(devices.map(\.line) == [3, 4])
    #expect(
      devices[0].matches("SerialNumber: REG-0007") && devices[0].isValid(at: Timestamp(seconds: 0))
    )
    #expect(devices[1].holder == "Saeki" && devices[1].matches("SerialNumber: 4C530001"))
    // The last day is of the entry, the next one is not.
    #expect(devices[1].isValid(at: Timestamp(seconds: 1_714_521_599)))
    #expect(!devices[1].isValid(at: Timestamp(seconds: 1_714_521_600)))
    #expect(!devices[1].isValid(at: Timestamp(seconds: 1_711_929_599)))
  }

  @Test(arguments: [
    (
      "{name: a}",
      "e.yml:1: error: a device has no match; write what logs say of it, such as \"*4C530001230717*\""
    ),
    ("{match: a}", "e.yml:1: error: a device has no name; write name: …"),
    (
      "{name: a, match: b, until: 2024-01-01, from: 2024-02-01}",
      "e.yml:1: error: until of a device is before from; correct one of them"
    ),
    ("{name: a, match: b, serial: c}", "e.yml:1: error: unknown key \"serial\" in a device"),
  ])
  func `an entry that cannot be meant is told`(entry: String, message: String) {
    let found = lines("policy: {devices: [\(entry)]}")
    #expect(found.first?.hasPrefix(message) ?? false, "\(found)")
  }

  @Test func `a name stands once`() {
    let found = lines("policy: {devices: [{name: a, match: b}, {name: a, match: c}]}")
    #expect(found.count == 1 && found[0].contains("declared twice"), "\(found)")
  }
}
