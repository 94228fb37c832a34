internal import Glibc

/// How many different data subjects were seen: exact up to 256, a HyperLogLog sketch beyond.
///
/// 2^12 registers: standard error 1.04 / sqrt(4096) = 1.6 %, 4 KiB. Merging two sets gives what one
/// pass over both would have given. Inputs are keyed hashes, never ids.
///
/// Source: Flajolet, Fusy, Gandouet, Meunier, "HyperLogLog: the analysis of a near-optimal
/// cardinality estimation algorithm" (AofA 2007), with linear counting for the low range.
public struct DistinctSubjects: Sendable, Hashable {
  public static let exactLimit = 256
  private static let precision = 12

  private var exact: Set<UInt64> = []
  private var registers: [UInt8] = []

  public init() {}

  public var isExact: Bool { registers.isEmpty }

  /// Adds the keyed hash of a subject; 0 means "not stated" and is left out.
  public mutating func add(_ hash: UInt64) {
    guard hash != 0 else { return }
    guard registers.isEmpty else { return note(hash) }
    exact.insert(hash)
    if exact.count > Self.exactLimit { convert() }
  }

  private mutating func convert() {
    registers = [UInt8](repeating: 0, count: 1 << Self.precision)
    for hash in exact { note(hash) }
    exact = []
  }

  private mutating func note(_ hash: UInt64) {
    // The key's hash is uniform already; the top bits choose the register.
    let register = Int(hash >> UInt64(64 - Self.precision))
    let rest = hash << UInt64(Self.precision) | 1 << UInt64(Self.precision - 1)
    registers[register] = max(registers[register], UInt8(rest.leadingZeroBitCount + 1))
  }

  public mutating func merge(_ other: DistinctSubjects) {
    if other.registers.isEmpty {
      for hash in other.exact { add(hash) }
      return
    }
    if registers.isEmpty { convert() }
    for index in registers.indices {
      registers[index] = max(registers[index], other.registers[index])
    }
  }

  /// The count, exact or estimated.
  public var count: Int64 {
    guard !registers.isEmpty else { return Int64(exact.count) }
    let m = Double(registers.count)
    var sum = 0.0
    var zeros = 0
    for register in registers {
      sum += pow(2, -Double(register))
      if register == 0 { zeros += 1 }
    }
    let raw = 0.7213 / (1 + 1.079 / m) * m * m / sum
    if raw <= 2.5 * m, zeros > 0 { return Int64((m * log(m / Double(zeros))).rounded()) }
    return Int64(raw.rounded())
  }

  func write(to writer: inout StateWriter) {
    writer.write(UInt64(exact.count))
    for hash in exact.sorted() { writer.write(hash) }
    writer.write(UInt64(registers.count))
    // No register of a hash of 64 bits is over 53.
    writer.write(small: registers)
  }

  init(from reader: inout StateReader) throws(StateError) {
    let known = try reader.count()
    exact.reserveCapacity(min(known, Self.exactLimit))
    for _ in 0..<known { exact.insert(try reader.unsigned()) }
    let count = try reader.count()
    guard count == 0 || count == 1 << Self.precision else { throw StateError(offset: 0) }
    registers = try reader.small(count)
  }
}
