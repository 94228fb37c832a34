/// Numbers as sentences bear them.
public enum NumberText {
  /// `1,234,567`.
  public static func grouped(_ value: Int64) -> String {
    let digits = Array(String(value.magnitude).utf8)
    var bytes: [UInt8] = value < 0 ? [UInt8(ascii: "-")] : []
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(digit)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// `1 record`, `2,000 records`.
  public static func counted(_ value: Int64, _ noun: String) -> String {
    grouped(value) + " " + noun + (value == 1 ? "" : "s")
  }

  /// A horizon in Japanese: `24時間`, `365日`, `全期間`.
  public static func japanese(window: String) -> String {
    switch window {
    case "lifetime": return "全期間"
    case "event": return "1回の操作"
    case "day": return "1日"
    default: break
    }
    let units: [Character: String] = ["m": "分", "h": "時間", "d": "日"]
    guard let last = window.last, let unit = units[last], Int(window.dropLast()) != nil else {
      return window
    }
    return window.dropLast() + unit
  }
}
