/// What to simulate.
public struct SimulationOptions: Sendable {
  /// An empty folder, or one to be made.
  public var folder: String
  public var seed: UInt64
  /// Day number (days since 1970-01-01) of the first day.
  public var firstDay: Int
  public var days: Int
  /// Accounts of persons, service accounts aside: 20 … 20,000.
  public var accounts = 60
  /// Codes as `A7`; `nil`: all.
  public var attacks: [String]?
  public var lookAlikes: [String]?
  public var compression = DayCompression.none

  public init(folder: String, seed: UInt64, firstDay: Int, days: Int) {
    self.folder = folder
    self.seed = seed
    self.firstDay = firstDay
    self.days = days
  }
}

/// How much was written.
public struct SimulationResult: Sendable, Equatable {
  public var days = 0
  /// Records of logs: an auditd event counts once.
  public var events = 0
  public var bytes = 0
  public var files = 0
}

/// A call-centre provider's estate with its logs, its takings and the truth about them.
///
///     OUT/ometsuke.yml     what its operator declares
///     OUT/tickets.csv      the register of instructions
///     OUT/logs/…           a file a day and source
///     OUT/truth.jsonl      what happened
///
/// The same options give the same bytes, on every machine: integers alone, one thread, a stream of
/// random numbers for each actor and day. Memory is that of the busiest day.
public enum Simulation {
  /// Codes and titles of what can be chosen.
  public static var attacks: [(code: String, title: String)] {
    AttackRegistry.all.map { ("\($0.code)", "\($0.title)") }
  }
  public static var lookAlikes: [(code: String, title: String)] {
    LookAlikeRegistry.all.map { ("\($0.code)", "\($0.title)") }
  }

  /// - Throws: when the folder holds something, or the disk does not take it.
  public static func run(_ options: SimulationOptions) throws(SimulationError) -> SimulationResult {
    var run = try SimulationRun(options)
    return try run.all()
  }
}
