/// Looks for the smallest scale of all limits that keeps alerts within a budget.
///
/// More records allowed never raise more alerts of the limits, though other rules have no limit to
/// scale: then no scale may do. Two rounds: a coarse one, then one between the two that enclose the
/// answer.
public struct LimitsSearch: Sendable {
  /// Per cent, tried in the first round.
  public static let coarse: [Int64] = [25, 50, 75, 100, 150, 200, 300, 400, 600, 800, 1_200, 1_600]

  /// Alerts by scale, as far as tried, in order of scale.
  public private(set) var trials: [(scale: Int64, alertsPerDay: Double)] = []
  private let budget: Double

  /// `budget`: alerts a day.
  public init(budget: Double) { self.budget = budget }

  public mutating func note(scale: Int64, alertsPerDay: Double) {
    trials.append((scale, alertsPerDay))
    trials.sort { $0.scale < $1.scale }
  }

  /// The smallest scale tried from which on every one keeps the budget; `nil`: none.
  public var answer: Int64? {
    var answer: Int64?
    for trial in trials.reversed() {
      guard trial.alertsPerDay <= budget else { break }
      answer = trial.scale
    }
    return answer
  }

  /// What to try in the second round: at most seven scales below the answer; none where nothing is to
  /// be gained.
  public var finer: [Int64] {
    guard let answer, let below = trials.last(where: { $0.scale < answer })?.scale else {
      return []
    }
    let step = (answer - below) / 8
    return step < 1 ? [] : (1...7).map { below + $0 * step }
  }
}
