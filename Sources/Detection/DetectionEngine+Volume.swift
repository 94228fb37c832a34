internal import Estate
internal import EventModel

/// How many records a read is taken for.
extension DetectionEngine {
  /// How many records, and of how many that the owner delivered.
  @inline(__always)
  mutating func setVolume(
    _ handling: inout Handling,
    _ objectPlace: Int,
    _ ownerPlace: Int
  ) {
    let hasOthers = resolver.objects[objectPlace].hasOtherOwners
    let size = resolver.objects[objectPlace].size
    let delivered = resolver.owners[ownerPlace].delivered
    handling.ownerSize = delivered ?? (hasOthers ? nil : size) ?? -1
    if handling.row.quality == .exact {
      let volume = VolumeBounds.exact(handling.row)
      handling.take(volume, charge: volume.high)
      if handling.row.operation == .export, handling.row.bytes > 0 {
        heedBytes(&handling, objectPlace, ownerPlace)
      }
      // What is read whole tells how many there are; a look-up tells nothing of that. Small sets are not learnt: they
      // grow, or row-level security hid the rest, and a later export would pass for a small one.
      if handling.row.flags.contains(.whole), handling.row.recordsLow >= bulkFloor {
        learntSizes.learn(handling.row.recordsLow, of: handling.row.object)
      }
      return
    }
    let bytesPerRecord =
      resolver.owners[ownerPlace].bytesPerRecord ?? resolver.objects[objectPlace].bytesPerRecord
    let bounds = VolumeBounds.bound(
      handling.row,
      size: size ?? (hasOthers ? nil : delivered),
      learnt: learntSizes[handling.row.object],
      bytesPerRecord: bytesPerRecord
    )
    handling.take(bounds.volume, charge: bounds.charge)
    if bounds.charge == 0, handling.row.bytes >= PageWeights.least, handling.row.operation == .read
    {
      weigh(&handling, objectPlace, size: size, bytesPerRecord: bytesPerRecord)
    }
    let isSingle = Self.isSingle(
      resolver.objects[objectPlace].page,
      next: handling.row.continues,
      bytes: handling.row.bytes
    )
    if handling.charge == 0, handling.row.quality == .unknown, handling.row.operation == .read,
      handling.account != .none, isSingle,
      handling.row.outcome != .failure, handling.row.bytes < PageWeights.single
    {
      // A page whose path ends in a number or the like: one record was opened, or something that is none.
      handling.take(Volume(low: 0, high: 1, quality: .estimated), charge: 1)
    }
    if handling.row.operation == .export, handling.row.bytes >= 0, bytesPerRecord == nil,
      handling.row.quality == .unknown
    {
      assumesBytes = true
    }
  }

  /// Judges an export by its bytes that states far fewer records than they hold.
  @inline(never)
  private func heedBytes(
    _ handling: inout Handling,
    _ objectPlace: Int,
    _ ownerPlace: Int
  ) {
    let bytesPerRecord =
      resolver.owners[ownerPlace].bytesPerRecord ?? resolver.objects[objectPlace].bytesPerRecord
    guard let found = VolumeBounds.contradicted(handling.row, bytesPerRecord) else { return }
    let size = handling.ownerSize < 0 ? Int64.max : max(handling.ownerSize, found.volume.low)
    let high = min(found.volume.high, size)
    let volume = Volume(low: found.volume.low, high: high, quality: found.volume.quality)
    handling.take(volume, charge: min(found.charge, size))
  }

  /// Whether a page shows one record: its path ends in a number, or a parameter is one's key.
  @inline(__always)
  private static func isSingle(
    _ page: EstateResolver.Page,
    next: UInt8,
    bytes: Int64
  ) -> Bool {
    page == .single || page == .list && next != 0 && bytes >= 0
  }

  /// A dataset that was read whole, of which nobody knows how many records it holds.
  ///
  /// Where datasets are declared, what is none of them is told by its name alone; where none is,
  /// every table is one.
  @inline(never)
  mutating func isUnknown(_ handling: borrowing Handling, _ objectPlace: Int) -> Bool {
    guard handling.volume.quality == .unknown, handling.volume.isUnbounded,
      handling.account != .none
    else { return false }
    if resolver.objects[objectPlace].isDeclared || !declaresDatasets { return true }
    unlistedReads.note(handling.row.object)
    return false
  }

  @inline(__always)
  func isBulk(_ handling: borrowing Handling) -> Bool {
    let (charge, size) = (handling.charge, handling.ownerSize)
    if charge >= bulkFloor { return true }
    if handling.row.operation == .export {
      // Who exports takes away what he reads: half as many are bulk.
      if charge > 0, charge >= bulkFloor / 2 { return true }
      if handling.volume.quality == .unknown { return handling.account != .none || size >= 0 }
    }
    return size >= 0 && size <= 2_000 && charge >= 30 && charge * 20 >= size
  }
}
