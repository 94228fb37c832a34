internal import EventModel
internal import Storage

extension Notice {
  /// What a time server may take back without a word, seconds.
  private static let tolerance: Int64 = 300

  /// Says that the clock stood earlier than at the run before; `nil`: it did not.
  ///
  /// It names nights and keeps times that are yet to come from settling anything: rows later than the
  /// clock wait until it is right. What is found depends on it in no way.
  static func clockBack(from last: Int64, to now: Int64) -> Self? {
    guard now < last - tolerance else { return nil }
    let (before, after) = (Timestamp(seconds: last), Timestamp(seconds: now))
    return Self(
      .clock,
      english:
        "The clock stands at \(after), earlier than at the run before (\(before)): it was set back,"
        + " or was wrong then. What is found does not depend on it; names of nights and decisions do.",
      japanese: "時計は \(after) を示し、前回の実行(\(before))より前です。時計が戻されたか、前回が誤っていました。"
        + "検出結果には影響しませんが、夜間実行や決定の日時は影響を受けます。"
    )
  }
}
