internal import EventModel

extension Volume {
  /// A sum whose quality follows from its ends.
  init(low: Int64, high: Int64) {
    self.init(low: low, high: high, quality: low == high ? .exact : .estimated)
  }
}

extension Volume {
  /// An owner's part of a statement over several owners' sets: no more than its own set holds.
  ///
  /// A stated number may be of rows of a join, which are more than the records behind them.
  func within(_ size: Int64?) -> Volume {
    guard let size, quality != .exact, high > size else { return self }
    return Volume(low: min(low, size), high: size, quality: quality)
  }
}

/// Bounds a volume by what is known besides: unknown is never 0.
///
/// `charge` is what limits are compared with: the stated count, else the estimate that the bounds
/// allow, else 0 (a volume that nothing bounds is judged as an operation of its own).
enum VolumeBounds {
  /// Bytes that no exported record undercuts; used when the operator declares none.
  static let fewestBytesPerRecord: Int64 = 20
  /// Bytes of a record at which an export is judged when the operator declares none: a line of names,
  /// address and numbers.
  static let assumedBytesPerRecord: Int64 = 200

  /// What was fetched from a cursor when it is asked for more: then the fetches before were full.
  ///
  /// k fetches of n returned (k−1)·n … k·n records.
  static func fetched(_ before: Volume, then next: Volume) -> Volume {
    let low = before.isUnbounded ? before.low : before.high
    let sum = before.high.addingReportingOverflow(next.high)
    let high = before.isUnbounded || next.isUnbounded || sum.overflow
    return Volume(
      low: low,
      high: high ? Volume.unbounded : sum.partialValue,
      quality: low > 0 ? .atLeast : max(before.quality, next.quality)
    )
  }

  /// A stated count, and never a negative one; of what was refused or failed, at most that many.
  @inline(__always)
  static func exact(_ row: borrowing EventRow) -> Volume {
    let low = max(0, row.recordsLow)
    let high = max(low, row.recordsHigh)
    if row.outcome == .failure, high > 0 { return Volume(low: 0, high: high, quality: .estimated) }
    return Volume(low: low, high: high, quality: .exact)
  }

  /// What an export's bytes hold at least where its stated count is less than a tenth of that; `nil`: it
  /// is not.
  ///
  /// Of a line that contradicts itself neither number is certain. Bytes under a refusal that states no record are
  /// those of an error's page. `bytesPerRecord` as declared.
  static func contradicted(
    _ row: borrowing EventRow,
    _ bytesPerRecord: ClosedRange<Int64>?
  ) -> (volume: Volume, charge: Int64)? {
    guard row.operation == .export, row.bytes > 0, let bytesPerRecord else { return nil }
    if row.outcome == .failure, row.recordsHigh <= 0 { return nil }
    let least = row.bytes / max(1, bytesPerRecord.upperBound)
    let low = max(0, row.recordsLow)
    guard least / 10 > low else { return nil }
    let most = row.bytes / max(1, bytesPerRecord.lowerBound)
    return (Volume(low: low, high: max(least, most), quality: .estimated), least)
  }

  /// What a set that was read whole may have grown to since, as a multiple.
  static let growth: Int64 = 2

  /// `size`: of the set, as it is declared; `learnt`: the most that was read of it whole before.
  ///
  /// Inlined, so that a row is looked at where it lies: copied as a whole it would be waited for.
  @inline(__always)
  static func bound(
    _ row: borrowing EventRow,
    size: Int64?,
    learnt: Int64? = nil,
    bytesPerRecord: ClosedRange<Int64>?
  ) -> (volume: Volume, charge: Int64) {
    var facts: Facts = row.flags.contains(.whole) ? .whole : []
    if row.operation == .export { facts.insert(.export) }
    if row.outcome == .failure { facts.insert(.refused) }
    return bound(row.volume, row.bytes, facts, size, learnt, bytesPerRecord)
  }

  /// What a row tells besides its numbers.
  private struct Facts: OptionSet {
    var rawValue: UInt8
    static var export: Facts { Facts(rawValue: 1) }
    static var refused: Facts { Facts(rawValue: 2) }
    static var whole: Facts { Facts(rawValue: 4) }
  }

  @inline(never)
  private static func bound(
    _ stated: Volume,
    _ bytes: Int64,
    _ facts: Facts,
    _ declared: Int64?,
    _ learnt: Int64?,
    _ bytesPerRecord: ClosedRange<Int64>?
  ) -> (volume: Volume, charge: Int64) {
    let (isExport, isRefused) = (facts.contains(.export), facts.contains(.refused))
    let isWhole = facts.contains(.whole)
    let size =
      declared
      ?? learnt.map { $0.multipliedReportingOverflow(by: growth) }
      .flatMap { $0.overflow ? nil : $0.partialValue }
    var volume = stated
    volume.low = max(0, volume.low)
    volume.high = max(volume.low, volume.high)
    switch volume.quality {
    case .exact:
      return (volume, volume.low)
    case .atLeast:
      if let size { volume.high = min(volume.high, max(volume.low, size)) }
      return (volume, volume.low)
    case .estimated:
      if let size { volume.high = min(volume.high, max(volume.low, size)) }
      return (volume, volume.isUnbounded ? volume.low : volume.high)
    case .unknown:
      break
    }
    if bytes >= 0, let bytesPerRecord, isExport || bytes > 0 {
      // What went out under a refusal need not be records; of a page nothing but a size asks how few they are.
      let isAsked = !isRefused && (isExport || size != nil)
      let low = isAsked ? bytes / max(1, bytesPerRecord.upperBound) : 0
      // Part of a record counts as one; so do whole ones, and no more: parts of a download add up.
      let (whole, rest) = bytes.quotientAndRemainder(
        dividingBy: max(1, bytesPerRecord.lowerBound)
      )
      var high = whole + (rest > 0 ? 1 : 0)
      if let size { high = min(high, max(low, size)) }
      let middle = low + (high - low) / 2
      if isExport {
        return (Volume(low: low, high: high, quality: .estimated), middle)
      }
      return (Volume(low: 0, high: high, quality: .unknown), 0)
    }
    if bytes >= 0 { volume.high = min(volume.high, bytes / fewestBytesPerRecord + 1) }
    if let size { volume.high = min(volume.high, max(volume.low, size)) }
    let isBulk = isExport || isWhole
    guard isBulk else { return (volume, 0) }
    guard let size else {
      guard isExport, bytes >= 0 else { return (volume, 0) }
      volume.quality = .estimated
      return (volume, bytes / assumedBytesPerRecord)
    }
    volume.quality = .estimated
    let judged = bytes >= 0 ? min(volume.high, bytes / assumedBytesPerRecord) : volume.high
    return (volume, min(declared ?? learnt ?? size, max(volume.low, judged)))
  }
}
