import EventModel
import Foundation

@testable import Simulation

/// A folder of its own for one test, removed afterwards.
final class Place {
  let path = FileManager.default.temporaryDirectory.path + "/ometsuke-sim-" + UUID().uuidString

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Every file under the folder, by its path in it.
  func files() -> [String: Data] {
    var result: [String: Data] = [:]
    for name in FileManager.default.enumerator(atPath: path)?.allObjects as? [String] ?? [] {
      guard let data = FileManager.default.contents(atPath: path + "/" + name) else { continue }
      result[name] = data
    }
    return result
  }

  func truth() throws -> [[String: Any]] {
    let data = try Data(contentsOf: URL(fileURLWithPath: path + "/truth.jsonl"))
    return try data.split(separator: 0x0A).map {
      try JSONSerialization.jsonObject(with: $0) as? [String: Any] ?? [:]
    }
  }
}

/// 2024-04-01.
let firstOfApril = CivilCalendar.dayNumber(year: 2024, month: 4, day: 1)

@discardableResult
func simulate(
  _ place: Place,
  seed: UInt64 = 1,
  days: Int,
  accounts: Int = 20,
  attacks: [String]? = nil,
  lookAlikes: [String]? = nil,
  compression: DayCompression = .none
) throws -> SimulationResult {
  var options = SimulationOptions(
    folder: place.path,
    seed: seed,
    firstDay: firstOfApril,
    days: days
  )
  options.accounts = accounts
  options.attacks = attacks
  options.lookAlikes = lookAlikes
  options.compression = compression
  return try Simulation.run(options)
}
