import ArgumentParser
import EventModel
import Glibc
import Pipeline
import Reporting
import Storage

/// `ometsuke state anchor`.
struct AnchorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "anchor",
    abstract: "Puts the heads of all chains into one link, to be witnessed outside.",
    discussion: """
      Prints the link's head: on paper or in a mail to somebody else it shows later, by \
      `ometsuke verify --expect HEAD`, that nothing was sealed anew. --request writes a request for a \
      time-stamp token (RFC 3161) over it, made by openssl; --tsa sends it by curl. --token keeps the \
      answer of an authority over the last anchor, or over --head; --tsa-ca names the certificates by \
      which it is verified before it is kept. Exit status: 0, or 2 when it could not.
      """
  )
  @OptionGroup var place: StoreOption
  @OptionGroup var speech: SpokenLanguage
  @Option(help: "Write a time-stamp request over the new anchor to this file.")
  var request: String?
  @Option(help: "Send the request to this address of a time-stamp authority, and keep its answer.")
  var tsa: String?
  @Option(help: "Keep this file, the answer of an authority, as the token of an anchor.")
  var token: String?
  @Option(help: "The anchor that --token is about (default: the last).")
  var head: String?
  @Option(name: .customLong("tsa-ca"), help: "Certificates of the authority (PEM).")
  var certificates: String?

  mutating func validate() throws {
    guard token == nil || (request == nil && tsa == nil) else {
      throw ValidationError("--token keeps an answer: without --request and --tsa")
    }
    guard head == nil || token != nil else {
      throw ValidationError("--head says which anchor --token is about: give --token")
    }
    if let tsa, !tsa.hasPrefix("http://"), !tsa.hasPrefix("https://") {
      throw ValidationError("--tsa \(tsa): give an address that begins with http:// or https://")
    }
  }

  func run() throws {
    let text = try StateCommand.open(place, as: "anchor", writes: true) { store -> String in
      if let token { return try keep(try Self.bytes(of: token), try anchor(in: store), in: store) }
      let anchor = try Anchor.add(
        to: store,
        program: NotedStore.program,
        author: Author.current,
        time: NotedStore.time
      )
      var text = "\(ChainLink.hex(anchor.head))  anchor of night \(anchor.night), \(anchor.time)\n"
      guard request != nil || tsa != nil else { return text }
      let (bytes, failure) = TimeStamps.request(over: anchor.head)
      if let failure { throw complaint("the anchor is kept; no request could be made: \(failure)") }
      if let request { try Terminal.write(to: request) { $0.write(bytes) } }
      if let tsa { text += try keep(try Self.answer(of: tsa, to: bytes), anchor, in: store) }
      return text
    }
    try Terminal.say(text)
  }

  private func anchor(in store: Store) throws -> Anchor {
    let all = try Anchor.all(in: store)
    let found = head == nil ? all.last : all.last { ChainLink.hex($0.head) == head }
    guard let found else {
      throw complaint(
        head == nil ? "the store has no anchor yet: run ometsuke state anchor" : "no such anchor"
      )
    }
    return found
  }

  private func keep(_ token: [UInt8], _ anchor: Anchor, in store: Store) throws -> String {
    guard TimeStamps.holds(token, anchor.head) else {
      throw complaint("the token is not over this anchor: it was not kept")
    }
    var text = "token kept, not verified: name the authority's certificates by --tsa-ca\n"
    if let certificates {
      switch TimeStamps.check(token, over: anchor.head, trusting: certificates) {
      case .verified(let time): text = "token kept, verified: \(time)\n"
      case .failed(let reason): throw complaint("the token was not kept: \(reason)")
      case .unchecked: throw complaint("the token was not kept: openssl is not installed")
      }
    }
    try anchor.add(
      token: token,
      to: store,
      program: NotedStore.program,
      author: Author.current,
      time: NotedStore.time
    )
    return text
  }

  /// - Returns: what the authority answers.
  private static func answer(of address: String, to request: [UInt8]) throws -> [UInt8] {
    var name = Array("/tmp/ometsuke-request.XXXXXX".utf8CString)
    let file = mkstemp(&name)
    guard file >= 0 else { throw complaint("no temporary file could be made") }
    defer {
      close(file)
      unlink(name)
    }
    _ = request.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    let path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let run = Program.run(
      "curl",
      [
        "--silent", "--show-error", "--fail", "--max-time", "60", "--header",
        "Content-Type: application/timestamp-query", "--data-binary", "@-", "--", address,
      ],
      input: path
    )
    if run.status == Program.Outcome.isMissing {
      throw complaint(
        "curl is not installed: send the file of --request, keep the answer by --token"
      )
    }
    guard run.status == 0 else {
      throw complaint(
        "the anchor is kept; \(address): \(String(decoding: run.errors, as: UTF8.self))"
      )
    }
    return run.output
  }

  private static func bytes(of path: String) throws -> [UInt8] {
    guard let stream = PathText.withName(path, { fopen($0, "re") }) else {
      throw complaint("\(path): cannot be read")
    }
    defer { fclose(stream) }
    // A token is some kilobytes.
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, stream)
    return Array(bytes[..<count])
  }

  private static func complaint(_ text: String) -> ExitCode {
    Terminal.complain(SafeText.escaped(text, limit: 4096))
    return ExitCode(2)
  }

  private func complaint(_ text: String) -> ExitCode { Self.complaint(text) }
}
