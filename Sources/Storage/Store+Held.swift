/// Runs of rows that wait: written once, read as often as they are asked for, and gone when all of them are settled.
extension Store {
  /// A run, as `RowPack` packs it; `nil`: there is none of the number.
  public func heldRun(_ id: Int64) throws(StoreError) -> [UInt8]? {
    let kept = try connection.first("SELECT rows FROM held WHERE id = ?", [.integer(id)]) {
      $0.bytes(0)
    }
    guard let kept else { return nil }
    return try opened(kept)
  }

  public func addHeldRun(_ id: Int64, _ pack: [UInt8]) throws(StoreError) {
    try connection.run("INSERT INTO held VALUES (?, ?)", [.integer(id), .blob(boxed(pack))])
  }

  public func removeHeldRun(_ id: Int64) throws(StoreError) {
    try connection.run("DELETE FROM held WHERE id = ?", [.integer(id)])
  }
}
