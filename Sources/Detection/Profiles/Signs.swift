/// What is unusual about one read of an account, beside its volume: each a fact, none a finding.
///
/// Made of the estate and of what the account, its person and its terminal have ever done. All but
/// `beforeTerm`, `afterTerm` and `canary` are looked for in unexplained bulk reads alone.
struct Signs: OptionSet, Sendable, Hashable, BitwiseCopyable {
  var rawValue: UInt32

  /// The account is not valid yet, or no more.
  static let beforeTerm = Signs(rawValue: 1)
  static let afterTerm = Signs(rawValue: 1 << 1)
  /// The account had not read for long before the last two weeks.
  static let silent = Signs(rawValue: 1 << 2)
  /// Met for the first time within the last week, by one who has been known for four.
  static let newOwner = Signs(rawValue: 1 << 3)
  static let newDataset = Signs(rawValue: 1 << 4)
  static let newTerminal = Signs(rawValue: 1 << 5)
  static let newProgram = Signs(rawValue: 1 << 6)
  static let newDestination = Signs(rawValue: 1 << 7)
  /// A service account reads from a terminal at which a person sits, or by a program that a person
  /// types into.
  static let personsTerminal = Signs(rawValue: 1 << 8)
  static let interactive = Signs(rawValue: 1 << 9)
  /// At an hour, or so much, as it never did.
  static let offSchedule = Signs(rawValue: 1 << 10)
  static let muchMore = Signs(rawValue: 1 << 11)
  /// One person's account at another person's terminal.
  static let borrowed = Signs(rawValue: 1 << 12)
  /// An account of nobody in particular at several persons' terminals.
  static let severalPersons = Signs(rawValue: 1 << 13)
  /// The person has taken with other own accounts lately.
  static let severalAccounts = Signs(rawValue: 1 << 14)
  /// Other people's accounts have taken at the terminal lately.
  static let crowdedTerminal = Signs(rawValue: 1 << 15)
  /// The account is new in logs that are not.
  static let youngAccount = Signs(rawValue: 1 << 16)
  /// So is the terminal, which nobody declared.
  static let youngTerminal = Signs(rawValue: 1 << 17)
  /// The person behind the young account has been known longer.
  static let knownPerson = Signs(rawValue: 1 << 18)
  /// Several instructions of one executor were used beyond what they say.
  static let mimicry = Signs(rawValue: 1 << 19)
  /// A planted record was read.
  static let canary = Signs(rawValue: 1 << 20)

  static let outsideTerm: Signs = [.beforeTerm, .afterTerm]
  static let firsts: Signs = [.newOwner, .newDataset, .newTerminal, .newProgram]

  var count: Int { rawValue.nonzeroBitCount }
}
