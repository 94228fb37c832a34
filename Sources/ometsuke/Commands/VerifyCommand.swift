import ArgumentParser
import EventModel
import Pipeline
import Reporting
import Storage

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Reads sealed logs again and says what no longer matches.",
    discussion: """
      Compares every sealed piece of every log that is still there with its digest, and the seals with \
      their chains. Exit status: 0 all that is there matches; 1 something does not; 2 could not run. \
      --heads prints the last link of each chain: written down elsewhere, it shows later that nobody \
      has sealed anew.
      """
  )

  @OptionGroup var place: StoreOption

  @Flag(help: "Print the heads of the chains.")
  var heads = false

  func run() throws {
    let store: Store
    let found: Verification
    do {
      store = try Store(path: place.path(beside: ""), .reading)
      found = try Verification(store)
    } catch {
      Terminal.complain("\(error)")
      throw ExitCode(2)
    }
    var lines = found.breaches.map { "NO MATCH  \($0)" } + found.gone.map { "gone      \($0)" }
    if heads {
      lines += found.heads.map { "head      \($0.head)  night \($0.night)  \($0.source)" }
    }
    lines.append(
      "\(found.pieces) pieces, \(found.bytes) bytes: as they were; \(found.breaches.count) not;"
        + " \(found.gone.count) logs gone"
    )
    let text = lines.map { SafeText.escaped($0, limit: 4096) + "\n" }.joined()
    try Terminal.write(text, to: nil)
    throw ExitCode(found.breaches.isEmpty ? 0 : 1)
  }
}
