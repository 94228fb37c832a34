/// Everything that stands: owners, accounts, terminals, jobs.
///
/// Made from the seed, once.
///
/// Scenarios add what is theirs alone (a renamed account, an unknown laptop) at the end, so that the
/// places of all others stay.
final class SimulatedEstate {
  let seed: UInt64
  var owners: [SimulatedOwner] = []
  var accounts: [SimulatedAccount] = []
  var terminals: [SimulatedTerminal] = []
  var jobs: [SimulatedJob] = []

  let contractor: Text
  let provider: Text
  let agency: Text

  // Places in `accounts`.
  var agents: [Int] = []
  var supervisors: [Int] = []
  var administrators: [Int] = []
  var shared: [Int] = []
  var databaseAdministrators: [Int] = []
  var reviewer = 0
  var backup = 0
  var report = 0
  var media = 0
  var application = 0

  // Places in `terminals`.
  var databaseHost = 0
  var telephonyHost = 0
  var backupHost = 0
  var reportHost = 0
  var fileHost = 0
  var mediaHost = 0
  var testHost = 0
  var newDatabaseHost = 0
  var applicationHost = 0

  init(seed: UInt64, accounts number: Int) {
    self.seed = seed
    var random = RandomStream(seed: seed, actor: "estate", number: 0, day: 0)
    let words = Self.shuffled(Self.placeWords, &random)
    contractor = "\(words[0]) Contact Center"
    provider = "\(words[1]) Business Systems"
    agency = "\(words[2]) Staff"
    makeOwners(words: Array(words[3...]), &random)
    makeServers()
    makeStaff(number, &random)
    makeServices()
  }

  static func shuffled<Element>(_ list: [Element], _ random: inout RandomStream) -> [Element] {
    var list = list
    for index in stride(from: list.count - 1, to: 0, by: -1) {
      list.swapAt(index, random.below(index + 1))
    }
    return list
  }

  func organisation(of house: SimulatedAccount.House) -> Text {
    switch house {
    case .contractor: contractor
    case .provider: provider
    case .agency: agency
    }
  }

  func addTerminal(_ terminal: SimulatedTerminal) -> Int {
    terminals.append(terminal)
    return terminals.count - 1
  }

  func addAccount(_ account: SimulatedAccount) -> Int {
    accounts.append(account)
    return accounts.count - 1
  }

  /// Owners with so many records, largest consented first; never empty.
  func owners(from low: Int, to high: Int = .max) -> [Int] {
    let fitting = owners.indices.filter { (low...high).contains(owners[$0].delivered) }
    if !fitting.isEmpty { return fitting }
    let largest = owners.indices.max { owners[$0].delivered < owners[$1].delivered }
    return [largest ?? 0]
  }

  /// Owners whose records the provider may handle.
  func consentedOwners(from low: Int, to high: Int = .max) -> [Int] {
    let fitting = owners(from: low, to: high).filter { owners[$0].isConsented }
    return fitting.isEmpty ? owners(from: low, to: high) : fitting
  }

  /// The administrator of a scenario: its number decides, so scenarios side by side have others.
  func administrator(_ number: Int) -> Int {
    let turn = Int(seed % UInt64(administrators.count))
    return administrators[(turn + number) % administrators.count]
  }
}
