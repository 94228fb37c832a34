internal import Estate

/// Whether somebody who reviews, signs or decides is among those under review, however the name is written: case,
/// width of blanks and order of its words make no difference, and an account stands for its persons.
struct ReviewConflict {
  private let estate: DeclaredEstate
  private var known: Set<[String]> = []

  init(_ names: [String], _ estate: DeclaredEstate) {
    self.estate = estate
    known = Set(names.flatMap(identities))
  }

  func holds(_ name: String) -> Bool { !known.isDisjoint(with: identities(name)) }

  private func identities(_ name: String) -> Set<[String]> {
    func words(_ text: String) -> [String] {
      text.lowercased().split { $0.isWhitespace || $0 == "," || $0 == "、" || $0 == "・" }
        .map(String.init).sorted()
    }
    let persons = estate.accounts.filter { account in
      account.patterns.contains { $0.matches(name) }
    }.flatMap(\.persons)
    return Set(([name] + persons).map(words).filter { !$0.isEmpty })
  }
}
