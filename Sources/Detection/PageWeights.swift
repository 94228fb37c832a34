internal import EventModel

/// What pages usually weigh, by URL: what a page weighs beyond that is judged as records.
///
/// Of each object that answers with 8 KiB or more the first eight accounts are kept with the mean of
/// what they got. Twice the median of the others' means is usual where three others are known, else
/// only 8 KiB are. Nobody makes his own list usual by fetching it. Memory: 193 bytes for each of 16,384
/// objects at most, 4 for every name.
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

  private var places = NameIndex()
  /// `mostReaders` for each object, of which so many are known.
  private var readers: [Reader] = []
  private var counts: [UInt8] = []

  /// Notes that an account got so many bytes of an object; where the object's readers are, if they are kept.
  mutating func note(_ object: NameID, by account: NameID, bytes: Int64) -> Int? {
    guard let place = places[object.rawValue] ?? add(object) else { return nil }
    let start = place &* Self.mostReaders
    let count = Int(counts[place])
    for slot in start..<start &+ count where readers[slot].account == account.rawValue {
      if readers[slot].reads < Self.mostReads {
        readers[slot].reads &+= 1
        readers[slot].bytes &+= min(bytes, 1 << 40)
      }
      return place
    }
    if count < Self.mostReaders {
      readers[start + count] = Reader(
        account: account.rawValue,
        reads: 1,
        bytes: min(bytes, 1 << 40)
      )
      counts[place] += 1
    }
    return place
  }

  /// What is usual for others than the account.
  func usual(at place: Int?, for account: NameID) -> (bytes: Int64, isKnown: Bool) {
    guard let place, counts[place] >= Self.others else { return (Self.least, false) }
    let means = known(at: place).filter { $0.account != account.rawValue }.map {
      $0.bytes / $0.reads
    }
    guard means.count >= Self.others else { return (Self.least, false) }
    return (max(Self.least, 2 * means.sorted()[(means.count - 1) / 2]), true)
  }

  private func known(at place: Int) -> ArraySlice<Reader> {
    readers[(place * Self.mostReaders)...].prefix(Int(counts[place]))
  }

  private mutating func add(_ object: NameID) -> Int? {
    let place = counts.count
    guard place < Self.limit else { return nil }
    places.set(object.rawValue, to: place)
    counts.append(0)
    readers += repeatElement(Reader(account: 0, reads: 1, bytes: 0), count: Self.mostReaders)
    return place
  }

  func write(to writer: inout StateWriter) {
    writer.write(UInt64(counts.count))
    for (object, place) in places.entries {
      writer.write(UInt64(object))
      writer.write(UInt64(counts[place]))
      for reader in known(at: place) {
        writer.write(UInt64(reader.account))
        writer.write(reader.reads)
        writer.write(reader.bytes)
      }
    }
  }

  init() {}

  init(from reader: inout StateReader, nameCount: Int) throws(StateError) {
    for _ in 0..<(try reader.count()) {
      let object = UInt32(truncatingIfNeeded: try reader.unsigned())
      guard object < nameCount else { throw StateError(offset: 0) }
      let place = add(NameID(rawValue: object))
      for _ in 0..<(try reader.count()) {
        let account = UInt32(truncatingIfNeeded: try reader.unsigned())
        let reads = max(1, try reader.signed())
        let bytes = try reader.signed()
        guard let place, counts[place] < Self.mostReaders else { continue }
        readers[place * Self.mostReaders + Int(counts[place])] = Reader(
          account: account,
          reads: reads,
          bytes: bytes
        )
        counts[place] += 1
      }
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
    let place = weights.note(handling.row.object, by: handling.account, bytes: bytes)
    // What one record may weigh is not asked of others.
    if page == .single, bytes <= PageWeights.single { return }
    let held = weights.usual(at: place, for: handling.account)
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
    let high = max(charge, handling.volume.high)
    handling.take(Volume(low: 0, high: high, quality: .estimated), charge: charge)
  }

  private mutating func isByAdministrator(_ handling: borrowing Handling) -> Bool {
    guard handling.account != .none else { return false }
    return resolver.account(handling.row.account, at: handling.row.time, names: &names).isPrivileged
  }
}
