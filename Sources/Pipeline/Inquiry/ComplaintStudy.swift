internal import EventModel
internal import Glibc
internal import Storage

/// Holds a list of complaints against whose records each account opened.
///
/// Some customers are opened by everybody, and who calls often complains often: subjects are held only against
/// others that as many accounts opened (a *class*). Of the N subjects of a class m are on the list; an account
/// opened n of them, k on the list. Were its reading indifferent to the list, given how often each subject is opened,
/// k would be drawn without putting back (hypergeometric), class by class; the chance is that of as many matches in
/// all classes together. A class that an account makes up by more than half, while most accounts opened none of it,
/// is no measure of that account: there each match has a chance of its part in all that is opened, of a half at least
/// (binomial). The chances are multiplied by the number of accounts (Bonferroni), and where more than half of the
/// accounts would stand out, none does. Subjects that nobody opened are not compared. All samples are compared up to
/// the smallest of their bounds, where each is complete.
///
/// Sources: Mantel and Haenszel, "Statistical aspects of the analysis of data from retrospective studies of
/// disease" (JNCI 22, 1959), strata of a confounder, with Fisher's exact distribution within each; beyond 1,024 matches
/// at most the bound of Chernoff, for draws without putting back too: Hoeffding, "Probability inequalities for sums
/// of bounded random variables" (JASA 58, 1963), theorem 4. Memory: 8 bytes a subject beyond the samples, and
/// 16 bytes a subject of the list.
enum ComplaintStudy {
  /// Above so many matches the bound of Chernoff takes the place of the sum.
  static let mostExact = 1_024

  /// What an account opened of one class: of `all` subjects `opened`, `marked` of `all` being on the list.
  struct Stratum {
    var all: Int
    var marked: Int
    var opened: Int
    /// Where the class is no measure of the account: the chance of each match.
    var part: Double?

    /// Of a subject of the list.
    var chance: Double { part ?? Double(opened) / Double(all) }
    var least: Int { part == nil ? max(0, opened + marked - all) : 0 }
    var most: Int { part == nil ? min(opened, marked) : marked }
  }

  static func complaints(
    _ hashes: Set<UInt32>,
    _ samples: [(account: String, sample: SubjectSample)]
  ) -> InquiryAnswer.Complaints {
    var result = InquiryAnswer.Complaints()
    result.listed = hashes.count
    let bound = samples.map(\.sample.bound).min() ?? .max
    result.comparedPermille = Int64((Double(bound) + 1) / 4_294_967_296 * 1000)
    let list = hashes.filter { $0 <= bound }
    result.compared = list.count
    var sets: [String: Set<UInt32>] = [:]
    for (account, sample) in samples {
      sets[account, default: []].formUnion(sample.values.prefix { $0 <= bound })
    }
    // By how many accounts each subject was opened.
    var openers: [UInt32: Int32] = [:]
    for set in sets.values {
      for subject in set { openers[subject, default: 0] += 1 }
    }
    let listed = list.filter { openers[$0] != nil }
    result.opened = listed.count
    result.universe = openers.count
    result.tests = sets.count
    var classes = [(all: Int, marked: Int)](repeating: (0, 0), count: sets.count + 1)
    for (subject, count) in openers {
      classes[Int(count)].all += 1
      if listed.contains(subject) { classes[Int(count)].marked += 1 }
    }
    let reads = sets.values.reduce(0) { $0 + $1.count }
    for account in sets.keys.sorted() {
      let opened = sets[account] ?? []
      let matched = listed.reduce(0) { opened.contains($1) ? $0 + 1 : $0 }
      guard matched > 0 else { continue }
      var counts = [Int](repeating: 0, count: classes.count)
      for subject in opened { counts[Int(openers[subject] ?? 0)] += 1 }
      let strata = classes.indices.filter { classes[$0].marked > 0 }.map { count in
        var stratum = Stratum(
          all: classes[count].all,
          marked: classes[count].marked,
          opened: counts[count]
        )
        if stratum.opened * 2 > stratum.all, count * 2 < sets.count {
          let usual = min(1, Double(count) * Double(opened.count) / Double(reads))
          stratum.part = min(stratum.chance, max(0.5, usual))
        }
        return stratum
      }
      result.ranking.append(
        InquiryAnswer.Complaints.Rank(
          account: account,
          opened: opened.count,
          matched: matched,
          expected: strata.reduce(0) { $0 + Double($1.marked) * $1.chance },
          chance: min(1, tail(atLeast: matched, strata) * Double(sets.count))
        )
      )
    }
    // What most do points to nobody.
    if result.ranking.count(where: { $0.standsOut }) * 2 > result.tests {
      for place in result.ranking.indices { result.ranking[place].chance = 1 }
    }
    result.ranking.sort {
      ($0.chance, -$0.matched, $0.opened, $0.account)
        < ($1.chance, -$1.matched, $1.opened, $1.account)
    }
    return result
  }

  /// The chance of so many matches or more in all strata together; an upper bound of it where there are many.
  static func tail(atLeast least: Int, _ strata: [Stratum]) -> Double {
    let sure = strata.reduce(0) { $0 + $1.least }
    guard least > sure else { return 1 }
    let most = strata.reduce(0) { $0 + $1.most }
    guard least <= most else { return 0 }
    guard most - sure <= mostExact else { return bound(atLeast: least, strata) }
    // Of all matches beyond those that cannot but be.
    var chances = [1.0]
    for stratum in strata where stratum.most > stratum.least {
      let own = (stratum.least...stratum.most).map { exp(logChance($0, stratum)) }
      var next = [Double](repeating: 0, count: chances.count + own.count - 1)
      for (left, before) in chances.enumerated() where before > 0 {
        for (right, chance) in own.enumerated() { next[left + right] += before * chance }
      }
      chances = next
    }
    // The least first, so that small ones are not lost.
    return min(1, chances[(least - sure)...].reversed().reduce(0, +))
  }

  private static func logChance(_ count: Int, _ stratum: Stratum) -> Double {
    guard let part = stratum.part else {
      return logChoose(stratum.marked, count)
        + logChoose(stratum.all - stratum.marked, stratum.opened - count)
        - logChoose(stratum.all, stratum.opened)
    }
    guard part < 1 else { return count == stratum.marked ? 0 : -.infinity }
    return logChoose(stratum.marked, count) + Double(count) * log(part)
      + Double(stratum.marked - count) * log1p(-part)
  }

  /// Chernoff's: the least of E[exp(t·matches)] / exp(t·least) over t > 0, which has one minimum in t.
  private static func bound(atLeast least: Int, _ strata: [Stratum]) -> Double {
    func exponent(_ t: Double) -> Double {
      strata.reduce(-t * Double(least)) {
        $0 + Double($1.marked) * log1p($1.chance * (exp(t) - 1))
      }
    }
    var (low, high) = (0.0, 40.0)
    for _ in 0..<100 {
      let (left, right) = (low + (high - low) / 3, high - (high - low) / 3)
      if exponent(left) < exponent(right) { high = right } else { low = left }
    }
    return min(1, exp(exponent((low + high) / 2)))
  }

  private static func logChoose(_ all: Int, _ some: Int) -> Double {
    lgamma(Double(all) + 1) - lgamma(Double(some) + 1) - lgamma(Double(all - some) + 1)
  }
}
