internal import Estate
internal import EventModel

extension EstateLookup {
  /// Names of a state that mean an owner who is called otherwise now: by alias, or in other capitals.
  ///
  /// Names of anything may be among them; only where a state tells an owner they are taken for one.
  func renamedOwners(_ estate: DeclaredEstate, in names: inout NameTable) -> [UInt32: UInt32] {
    // Most names are no owner's: length and first letter tell it.
    var starts: Set<Int> = []
    func start(_ length: Int, _ first: UInt8) -> Int { length << 8 | Int(first | 0x20) }
    for owner in estate.owners {
      for name in [owner.name] + owner.aliases {
        if let first = name.utf8.first { starts.insert(start(name.utf8.count, first)) }
      }
    }
    var renamed: [UInt32: UInt32] = [:]
    for id in 1..<UInt32(clamping: max(1, names.count)) {
      let isLike = names.withBytes(of: NameID(rawValue: id)) { bytes in
        bytes.first.map { starts.contains(start(bytes.count, $0)) } ?? false
      }
      guard isLike, let place = owner(named: names.text(of: NameID(rawValue: id))) else { continue }
      let now = names.intern(estate.owners[place].name).rawValue
      if now != id { renamed[id] = now }
    }
    return renamed
  }
}
