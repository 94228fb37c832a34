/// A piece of text as bytes, put together without a `String`.
///
/// For names made once and for lines that are rare; lines in bulk go straight to a `ByteBuffer`.
struct Text: ExpressibleByStringInterpolation, Equatable, Sendable {
  var bytes: [UInt8]

  init(bytes: [UInt8] = []) { self.bytes = bytes }

  init(stringLiteral value: StaticString) {
    bytes = Array(UnsafeBufferPointer(start: value.utf8Start, count: value.utf8CodeUnitCount))
  }

  init(stringInterpolation: Interpolation) { bytes = stringInterpolation.bytes }

  var isEmpty: Bool { bytes.isEmpty }

  func with(_ old: UInt8, as new: UInt8) -> Text { Text(bytes: bytes.map { $0 == old ? new : $0 }) }

  /// For messages to a person and names of files, not for lines.
  var string: String { String(decoding: bytes, as: UTF8.self) }

  struct Interpolation: StringInterpolationProtocol {
    var bytes: [UInt8] = []

    init(literalCapacity: Int, interpolationCount: Int) {
      bytes.reserveCapacity(literalCapacity + interpolationCount * 12)
    }

    mutating func appendLiteral(_ literal: StaticString) { appendInterpolation(literal) }

    mutating func appendInterpolation(_ text: StaticString) {
      bytes.append(
        contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
      )
    }

    mutating func appendInterpolation(_ text: Text) { bytes.append(contentsOf: text.bytes) }

    mutating func appendInterpolation(_ number: Int, digits: Int = 1) {
      if number < 0 { bytes.append(0x2D) }
      var rest = number.magnitude
      var reversed: [UInt8] = []
      repeat {
        reversed.append(0x30 + UInt8(rest % 10))
        rest /= 10
      } while rest > 0
      while reversed.count < digits { reversed.append(0x30) }
      bytes.append(contentsOf: reversed.reversed())
    }

    mutating func appendInterpolation(hex number: Int) {
      var reversed: [UInt8] = []
      var rest = number.magnitude
      repeat {
        let digit = UInt8(rest % 16)
        reversed.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        rest /= 16
      } while rest > 0
      bytes.append(contentsOf: reversed.reversed())
    }
  }
}
