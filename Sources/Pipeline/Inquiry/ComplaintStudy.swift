internal import EventModel
internal import Glibc
internal import Storage

/// Holds a list of complaints against whose records each account opened.
///
/// Of N subjects that anybody is known to have opened m are on the list; an account opened n, k of them
/// on it. Were its reading indifferent to the list, the chance of k or more is that of drawing n of N
/// without putting back (hypergeometric): Fisher's exact test, one-sided. N counts only subjects that
/// somebody opened: customers who are opened often must not make everybody look guilty. The chances are
/// multiplied by the number of accounts (Bonferroni). All samples are compared up to the smallest of their bounds,
/// where each is complete.
enum ComplaintStudy {
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
    var everybody: Set<UInt32> = []
    for (account, sample) in samples {
      let part = sample.values.prefix { $0 <= bound }
      sets[account, default: []].formUnion(part)
      everybody.formUnion(part)
    }
    let listed = list.intersection(everybody)
    result.opened = listed.count
    result.universe = everybody.count
    result.tests = sets.count
    for account in sets.keys.sorted() {
      let opened = sets[account] ?? []
      let matched = opened.intersection(listed).count
      guard matched > 0 else { continue }
      let chance = tail(
        atLeast: matched,
        drawn: opened.count,
        marked: listed.count,
        of: everybody.count
      )
      result.ranking.append(
        InquiryAnswer.Complaints.Rank(
          account: account,
          opened: opened.count,
          matched: matched,
          expected: Double(opened.count) * Double(listed.count) / Double(everybody.count),
          chance: min(1, chance * Double(sets.count))
        )
      )
    }
    result.ranking.sort {
      ($0.chance, -$0.matched, $0.account) < ($1.chance, -$1.matched, $1.account)
    }
    return result
  }

  /// The chance that of `drawn` of `all`, `marked` of which are marked, so many or more are marked.
  static func tail(atLeast least: Int, drawn: Int, marked: Int, of all: Int) -> Double {
    let most = min(drawn, marked)
    guard least > max(0, drawn + marked - all) else { return 1 }
    guard least <= most else { return 0 }
    let whole = logChoose(all, drawn)
    var sum = 0.0
    for count in least...most where drawn - count <= all - marked {
      sum += exp(logChoose(marked, count) + logChoose(all - marked, drawn - count) - whole)
    }
    return min(1, sum)
  }

  private static func logChoose(_ all: Int, _ some: Int) -> Double {
    lgamma(Double(all) + 1) - lgamma(Double(some) + 1) - lgamma(Double(all - some) + 1)
  }
}
