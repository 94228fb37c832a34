internal import EventModel

/// What pages usually weigh, by URL: what a page weighs beyond that is judged as records.
///
/// Of each object that answers with 8 KiB or more the first eight accounts are kept with the mean of
/// what they got. Twice the median of the others' means is usual where three others are known, else
/// only 8 KiB are. Nobody makes his own list usual by fetching it. Memory: 160 bytes for each of 16,384
/// objects at most.
struct PageWeights: Sendable {
  /// Lighter pages are neither weighed nor kept: one comparison an event.
  static let least: Int64 = 8_192
  /// A page of one record weighs that much in scripts and pictures.
  static let single: Int64 = 262_144
  /// Where no datasets are declared, what a page of an application may weigh; where others' are known, `single`.
  static let undeclared: Int64 = 1_048_576
  /// The same of a path that answers with data and no markup: `/api/…`, `/graphql`.
  static let data: Int64 = 65_536
  static let limit = 1 << 14
  static let mostReaders = 8
  private static let others = 3
  private static let mostReads: Int64 = 1 << 20

  struct Reader: Sendable, Equatable, BitwiseCopyable {
    var account: UInt32
    var reads: Int64
    var bytes: Int64
  }

  private var pages: [UInt32: [Reader]] = [:]

  /// What is usual for others than the account, who now is among those who got so many bytes.
  mutating func usual(
    of object: NameID,
    for account: NameID,
    bytes: Int64
  ) -> (bytes: Int64, isKnown: Bool) {
    var readers = pages[object.rawValue] ?? []
    if readers.isEmpty, pages.count >= Self.limit { return (Self.least, false) }
    var means: [Int64] = []
    var own: Int?
    for (place, reader) in readers.enumerated() {
      if reader.account == account.rawValue {
        own = place
      } else {
        means.append(reader.bytes / reader.reads)
      }
    }
    if let own {
      if readers[own].reads < Self.mostReads {
        readers[own].reads += 1
        readers[own].bytes += min(bytes, 1 << 40)
      }
    } else if readers.count < Self.mostReaders {
      readers.append(Reader(account: account.rawValue, reads: 1, bytes: min(bytes, 1 << 40)))
    }
    pages[object.rawValue] = readers
    guard means.count >= Self.others else { return (Self.least, false) }
    return (max(Self.least, 2 * means.sorted()[(means.count - 1) / 2]), true)
  }

  func write(to writer: inout StateWriter) {
    writer.write(UInt64(pages.count))
    for (object, readers) in pages.sorted(by: { $0.key < $1.key }) {
      writer.write(UInt64(object))
      writer.write(UInt64(readers.count))
      for reader in readers {
        writer.write(UInt64(reader.account))
        writer.write(reader.reads)
        writer.write(reader.bytes)
      }
    }
  }

  init() {}

  init(from reader: inout StateReader) throws(StateError) {
    for _ in 0..<(try reader.count()) {
      let object = UInt32(truncatingIfNeeded: try reader.unsigned())
      var readers: [Reader] = []
      for _ in 0..<(try reader.count()) {
        let account = UInt32(truncatingIfNeeded: try reader.unsigned())
        let reads = max(1, try reader.signed())
        readers.append(Reader(account: account, reads: reads, bytes: try reader.signed()))
      }
      pages[object] = readers
    }
  }
}

extension DetectionEngine {
  /// Judges a page by its bytes, as far as they are more than is usual for it.
  ///
  /// A page is text and markup: its bytes bound the records from above and say nothing from below.
  @inline(never)
  mutating func weigh(
    _ handling: inout Handling,
    _ objectPlace: Int,
    size: Int64?,
    bytesPerRecord: ClosedRange<Int64>?
  ) {
    let isKnown = resolver.objects[objectPlace].isDeclared || handling.row.owner != .none
    let page = resolver.objects[objectPlace].page
    // Of URLs that no dataset names, where some are named, only those matter that an administrator fetches.
    guard isKnown || !declaresDatasets || isByAdministrator(handling), page != .document,
      handling.row.object != .none
    else { return }
    let bytes = handling.row.bytes
    let held = weights.usual(of: handling.row.object, for: handling.account, bytes: bytes)
    var usual = held.bytes
    if page == .single { usual = max(usual, PageWeights.single) }
    if !isKnown {
      let least = resolver.objects[objectPlace].isData ? PageWeights.data : PageWeights.undeclared
      usual = max(usual, held.isKnown ? min(least, PageWeights.single) : least)
    }
    let perRecord = bytesPerRecord.map { ($0.lowerBound + $0.upperBound) / 2 }
    var charge = max(0, bytes - usual) / max(1, perRecord ?? VolumeBounds.assumedBytesPerRecord)
    if let size { charge = min(charge, size) }
    guard charge > 0 else { return }
    if bytesPerRecord == nil { assumesBytes = true }
    handling.charge = charge
    handling.volume.low = 0
    handling.volume.high = max(charge, handling.volume.high)
    handling.volume.quality = .estimated
  }

  private mutating func isByAdministrator(_ handling: borrowing Handling) -> Bool {
    guard handling.account != .none else { return false }
    let account = resolver.account(at: handling.row.account, names: &names)
    return resolver.accounts[account].isPrivileged
  }
}
