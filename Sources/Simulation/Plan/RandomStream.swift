/// The random numbers of one actor on one day.
///
/// SplitMix64: 8 bytes of state, integers alone, the same on every machine. Each actor has streams of
/// its own, so that one actor more changes nothing in what the others do. Source: Steele, Lea, Flood,
/// "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
struct RandomStream {
  private var state: UInt64

  init(seed: UInt64, actor: StaticString, number: Int, day: Int) {
    // FNV-1a of the name, then the numbers one after the other, each mixed in.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in 0..<actor.utf8CodeUnitCount {
      hash = (hash ^ UInt64(actor.utf8Start[index])) &* 0x100_0000_01B3
    }
    state = Self.mixed(seed &+ 0x9E37_79B9_7F4A_7C15)
    for part in [hash, UInt64(bitPattern: Int64(number)), UInt64(bitPattern: Int64(day))] {
      state = Self.mixed(state ^ Self.mixed(part &+ 0x9E37_79B9_7F4A_7C15))
    }
  }

  @inline(__always)
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  /// 0 ..< `count`; `count` is at least 1.
  @inline(__always)
  mutating func below(_ count: Int) -> Int {
    // The high half of the product: no division, a bias below 2^-32 for counts below 2^32.
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(max(1, count))).high)
  }

  /// Both ends included; an empty range gives its lower end.
  mutating func between(_ low: Int, _ high: Int) -> Int { low + below(high - low + 1) }

  mutating func chance(_ perMille: Int) -> Bool { below(1000) < perMille }

  mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }

  /// Of magnitudes: every octave between the ends is as likely, and even within.
  mutating func magnitude(_ low: Int, _ high: Int) -> Int {
    guard low > 0, high > low else { return low }
    var octaves = 1
    while low << octaves < high { octaves += 1 }
    let base = low << below(octaves)
    return base + below(max(1, min(high, base * 2) - base))
  }

  /// Near the middle more often than at the ends: the mean of three.
  mutating func bell(_ low: Int, _ high: Int) -> Int {
    (between(low, high) + between(low, high) + between(low, high)) / 3
  }

  @inline(__always)
  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
