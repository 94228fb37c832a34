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
      Compares every sealed piece of every log that is still there with its digest, the seals with \
      their chains, and what the chains tell of policy, exceptions and anchors with themselves. A log that \
      a night has met cut short or altered stays said, until `state decide` finds its incident authorised \
      or a false positive. Exit status: 0 all that is there matches; 1 something does not; \
      2 could not run. --heads prints the last link of each chain: written down elsewhere, --expect shows later that nobody has sealed anew. \
      --tsa-ca verifies the time-stamp tokens of anchors by openssl.
      """
  )

  @OptionGroup var place: StoreOption
  @OptionGroup var speech: SpokenLanguage

  @Flag(help: "Print the heads of the chains.")
  var heads = false

  @Option(help: "A head that was written down: some chain has to lead through it; may be repeated.")
  var expect: [String] = []

  @Option(name: .customLong("tsa-ca"), help: "Certificates of the time-stamp authority (PEM).")
  var certificates: String?

  mutating func validate() throws {
    for head in expect where head.utf8.count != 64 || !head.utf8.allSatisfy(Self.isDigit) {
      throw ValidationError("--expect \(head): give the 64 hex digits of a head")
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
  }

  func run() throws {
    let store: Store
    var found: Verification
    do {
      store = try NotedStore.reading(
        place.path(beside: ""),
        NotedStore.access("verify"),
        .reading
      )
      found = try Verification(store)
    } catch {
      Terminal.complain("\(error)")
      throw ExitCode(2)
    }
    var breaches = found.breaches
    breaches += expect.filter { !found.passed.contains($0) }
      .map { "no chain leads through the head \($0)" }
    var lines: [String] = []
    for anchor in found.anchors {
      let (line, isBroken) = words(of: anchor)
      if isBroken { breaches.append(line) } else { lines.append("anchor    \(line)") }
    }
    lines =
      breaches.map { "NO MATCH  \($0)" } + found.settled.map { "decided   \($0)" }
      + found.gone.map { "gone      \($0)" } + found.unchained.map { "by watch  \($0)" }
      + found.unsealed.map { "unsealed  \($0)" } + lines
    if heads {
      lines += found.heads.map { "head      \($0.head)  night \($0.night)  \($0.source)" }
    }
    lines.append(
      "\(found.pieces) piece\(found.pieces == 1 ? "" : "s"), \(found.bytes) bytes: as they were;"
        + " \(breaches.count) not; \(found.gone.count) log\(found.gone.count == 1 ? "" : "s") gone"
    )
    let text = lines.map { SafeText.escaped($0, limit: 4096) + "\n" }.joined()
    try Terminal.say(text)
    throw ExitCode(breaches.isEmpty ? 0 : 1)
  }

  private func words(of anchor: Anchor) -> (line: String, isBroken: Bool) {
    let start = "\(ChainLink.hex(anchor.head)), \(anchor.time)"
    guard let token = anchor.token else { return ("\(start): no token", false) }
    guard TimeStamps.holds(token, anchor.head) else {
      return ("anchor \(start): its token is over something else", true)
    }
    guard let certificates else {
      return ("\(start): token not verified; name the authority's certificates by --tsa-ca", false)
    }
    switch TimeStamps.check(token, over: anchor.head, trusting: certificates) {
    case .verified(let time): return ("\(start): token verified, \(time)", false)
    case .failed(let reason): return ("anchor \(start): token not valid: \(reason)", true)
    case .unchecked: return ("\(start): token not verified; openssl is not installed", false)
    }
  }
}
