internal import Glibc

/// Bytes that grow at the end: what every line is written into.
///
/// One allocation that doubles; emptied by setting the count, so a day reuses the memory of the one
/// before it.
struct ByteBuffer: ~Copyable {
  private(set) var base: UnsafeMutablePointer<UInt8>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 1 << 16) {
    self.capacity = max(64, capacity)
    base = .allocate(capacity: self.capacity)
  }

  deinit { base.deallocate() }

  mutating func removeAll() { count = 0 }

  @inline(__always)
  private mutating func reserve(_ more: Int) {
    if count + more > capacity { grow(more) }
  }

  /// Makes room beyond the count, for a library that writes by itself; `setCount` follows.
  mutating func reserveUnused(_ size: Int) { reserve(size) }

  mutating func setCount(_ number: Int) { count = min(number, capacity) }

  @inline(never)
  private mutating func grow(_ more: Int) {
    while count + more > capacity { capacity *= 2 }
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.update(from: base, count: count)
    base.deallocate()
    base = larger
  }

  @inline(__always)
  mutating func put(_ text: StaticString) { put(text.utf8Start, text.utf8CodeUnitCount) }

  @inline(__always)
  mutating func put(_ start: UnsafePointer<UInt8>, _ length: Int) {
    reserve(length)
    memcpy(base + count, start, length)
    count += length
  }

  @inline(__always)
  mutating func add(_ text: Text) {
    text.bytes.withUnsafeBufferPointer { bytes in
      if let start = bytes.baseAddress { put(start, bytes.count) }
    }
  }

  @inline(__always)
  mutating func put(byte: UInt8) {
    reserve(1)
    base[count] = byte
    count += 1
  }

  mutating func put(_ number: Int) {
    if number < 0 { put(byte: 0x2D) }
    var rest = number.magnitude
    var digits = 1
    var limit: UInt = 10
    while rest >= limit, digits < 19 {
      digits += 1
      limit *= 10
    }
    reserve(digits)
    var index = count + digits
    count = index
    for _ in 0..<digits {
      index -= 1
      base[index] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }

  /// Exactly so many digits, zeros in front, higher ones cut off.
  @inline(__always)
  mutating func put(_ number: Int, digits: Int) {
    reserve(digits)
    var rest = UInt(bitPattern: number)
    var index = count + digits
    count = index
    for _ in 0..<digits {
      index -= 1
      base[index] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }

  /// `HH:MM:SS` of the milliseconds of a day.
  @inline(__always)
  mutating func put(clock milliseconds: Int) {
    let seconds = milliseconds / 1000
    put(seconds / 3600, digits: 2)
    put(byte: 0x3A)
    put(seconds / 60 % 60, digits: 2)
    put(byte: 0x3A)
    put(seconds % 60, digits: 2)
  }

  /// `HH:MM:SS.mmm`.
  @inline(__always)
  mutating func put(clockWithMilliseconds milliseconds: Int) {
    put(clock: milliseconds)
    put(byte: 0x2E)
    put(milliseconds % 1000, digits: 3)
  }

  /// A text within JSON quotes; the names here hold no control bytes.
  mutating func add(json text: Text) {
    put(byte: 0x22)
    for byte in text.bytes {
      if byte == 0x22 || byte == 0x5C { put(byte: 0x5C) }
      put(byte: byte)
    }
    put(byte: 0x22)
  }
}
