public import Estate
public import EventModel
internal import Glibc
internal import Ingest

extension RunDigests {
  /// The digests of a run, the inputs and the program's file left out: nothing but the estate's own
  /// files is read.
  public init(
    estate: DeclaredEstate,
    registers: Set<String>,
    detectors: [String],
    version: String
  ) {
    let text =
      "ometsuke rules 1\n\(version)\n" + detectors.map { "detector \($0)\n" }.joined()
      + EstateCheck.effectiveRules(estate)
    self.init(rules: SHA256(Array(text.utf8)[...])?.hex ?? "")
    if !registers.isEmpty {
      configuration = SHA256(digest: FileDigest.sha256(of: registers))?.hex
    }
    build = Self.ownBuild()
  }

  /// The files as they lie there now.
  public static func files(_ paths: [String]) -> [File] {
    paths.map { path in
      let found = try? RawBytes.sha256(path)
      return File(
        path: path,
        bytes: found?.count ?? 0,
        sha256: found.flatMap { SHA256(digest: $0.digest)?.hex }
      )
    }
  }

  /// SHA-256 of the program that runs.
  public static func ownProgram() -> String? { files(["/proc/self/exe"]).first?.sha256 }

  /// The build id in the notes of the program that runs: the linker's own digest of it.
  ///
  /// Source: the ELF format (gABI, chapter 5): the header names the table of segments.
  private static func ownBuild() -> String? {
    let file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    // Notes stand before the code.
    var bytes = [UInt8](repeating: 0, count: 16 << 10)
    let count = pread(file, &bytes, bytes.count, 0)
    guard count >= 64 else { return nil }
    return bytes.withUnsafeBytes { head in
      func number<Number: FixedWidthInteger>(_ place: Int, _: Number.Type) -> Int? {
        guard place >= 0, place + MemoryLayout<Number>.size <= count else { return nil }
        return Int(exactly: head.loadUnaligned(fromByteOffset: place, as: Number.self))
      }
      guard head[..<4].elementsEqual([0x7F, 0x45, 0x4C, 0x46]), head[4] == 2,
        let table = number(32, UInt64.self), let size = number(54, UInt16.self),
        let segments = number(56, UInt16.self), table <= count
      else { return nil }
      for index in 0..<segments {
        let place = table + index * size
        guard number(place, UInt32.self) == 4, let start = number(place + 8, UInt64.self),
          let length = number(place + 32, UInt64.self), start <= count, length <= count - start
        else { continue }
        if let id = build(in: UnsafeRawBufferPointer(rebasing: head[start..<start + length])) {
          return id
        }
      }
      return nil
    }
  }

  /// A note is three words (length of name, of content, type), then both, padded to four bytes.
  static func build(in notes: UnsafeRawBufferPointer) -> String? {
    var place = 0
    func word(_ index: Int) -> Int {
      Int(notes.loadUnaligned(fromByteOffset: place + 4 * index, as: UInt32.self))
    }
    while place + 12 <= notes.count {
      let (name, size, kind) = (word(0), word(1), word(2))
      let content = place + 12 + (name + 3) & ~3
      guard content + size <= notes.count else { return nil }
      if kind == 3, name == 4, notes[place + 12..<place + 15].elementsEqual("GNU".utf8) {
        let digits = Array("0123456789abcdef".utf8)
        return String(
          decoding: notes[content..<content + size].flatMap {
            [digits[Int($0 >> 4)], digits[Int($0 & 15)]]
          },
          as: UTF8.self
        )
      }
      place = content + (size + 3) & ~3
    }
    return nil
  }
}
