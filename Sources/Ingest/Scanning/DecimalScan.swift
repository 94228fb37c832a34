/// A decimal number as text states it: ± digits × 10^exponent.
///
/// Digits beyond the nineteenth are
/// dropped (rounded towards zero).
struct Decimal: Hashable, Sendable {
  var isNegative = false
  var digits: UInt64 = 0
  var exponent = 0

  /// Reads a whole text: sign, digits, fraction, exponent; `nil` for anything else.
  init?(_ text: UnsafeBufferPointer<UInt8>) {
    var index = 0
    if index < text.count, text[index] == 0x2D || text[index] == 0x2B {
      isNegative = text[index] == 0x2D
      index += 1
    }
    var any = false
    var inFraction = false
    while index < text.count {
      let digit = text[index] &- 0x30
      if digit < 10 {
        any = true
        if digits < 1_000_000_000_000_000_000 {
          digits = digits &* 10 &+ UInt64(digit)
          if inFraction { exponent -= 1 }
        } else if !inFraction {
          exponent += 1
        }
      } else if text[index] == 0x2E, !inFraction, any {
        inFraction = true
      } else {
        break
      }
      index += 1
    }
    guard any else { return nil }
    guard index < text.count else { return }
    guard text[index] | 0x20 == 0x65 else { return nil }
    index += 1
    var down = false
    if index < text.count, text[index] == 0x2D || text[index] == 0x2B {
      down = text[index] == 0x2D
      index += 1
    }
    guard index < text.count else { return nil }
    var power = 0
    while index < text.count {
      let digit = text[index] &- 0x30
      guard digit < 10 else { return nil }
      power = min(power * 10 + Int(digit), 1_000_000)
      index += 1
    }
    exponent += down ? -power : power
  }

  /// The number × 10^`power` × `factor`, rounded towards zero; `nil` when it does not fit.
  func scaled(byPowerOfTen power: Int, times factor: Int64 = 1) -> Int64? {
    guard digits != 0, factor != 0 else { return 0 }
    let total = exponent + power
    if 0...18 ~= total, factor == 1 {
      var power: UInt64 = 1
      for _ in 0..<total { power &*= 10 }
      let (value, overflow) = digits.multipliedReportingOverflow(by: power)
      if !overflow, value <= UInt64(Int64.max) { return isNegative ? -Int64(value) : Int64(value) }
    }
    var value = UInt128(digits) * UInt128(factor.magnitude)
    var shift = exponent + power
    while shift < 0, value != 0 {
      value /= 10
      shift += 1
    }
    while shift > 0, value != 0 {
      guard value <= UInt128(Int64.max) else { return nil }
      value *= 10
      shift -= 1
    }
    guard let magnitude = Int64(exactly: value) else { return nil }
    return isNegative != (factor < 0) ? -magnitude : magnitude
  }
}
