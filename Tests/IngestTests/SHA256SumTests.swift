import CSodium
import Testing

@testable import Ingest

/// The same digest by either library, however the bytes are cut.
struct SHA256SumTests {
  private static func plain(_ bytes: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    let padded = bytes.isEmpty ? [0] : bytes
    _ = crypto_hash_sha256(&digest, padded, UInt64(bytes.count))
    return digest
  }

  @Test(arguments: [0, SHA256Sum.much] as [Int64])
  func `a known text has the digest that FIPS 180-4 names`(expected: Int64) {
    var sum = SHA256Sum(expecting: expected)
    sum.add(Array("abc".utf8))
    let hex = sum.digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    #expect(hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test(arguments: [0, SHA256Sum.much] as [Int64])
  func `however bytes are cut the digest is one, and a copy goes on apart`(expected: Int64) {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<40 {
      let bytes = (0..<Int.random(in: 0...5_000, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      var sum = SHA256Sum(expecting: expected)
      var start = 0
      while start < bytes.count {
        let end = min(bytes.count, start + Int.random(in: 0...700, using: &random))
        let before = sum
        sum.add(Array(bytes[start..<end]))
        #expect(before.digest == Self.plain(Array(bytes[..<start])))
        start = end
        #expect(sum.digest == Self.plain(Array(bytes[..<start])))
      }
      #expect(sum.digest == Self.plain(bytes))
      var other = sum
      other.add([1])
      #expect(sum.digest == Self.plain(bytes) && other.digest == Self.plain(bytes + [1]))
    }
  }
}
