import ArgumentParser
import Estate
import EventModel
import Glibc
import Pipeline
import Reporting
import Storage

/// `ometsuke state rotate-key`.
struct RotateKeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate-key",
    abstract:
      "Keeps what bears hashes of data subjects under a new key; no count is lost or doubled.",
    discussion: """
      Writes a new key by chance into the second line of the privacy key-file of the estate, and everything \
      in the store that bears hashes of subjects anew, in one transaction. The old key file opens nothing \
      of the store from here on, the new one no older copy of it. Logs are read and subjects counted as \
      before. No night or watch may run meanwhile.
      """
  )
  @Option(
    name: [.short, .long],
    help: "The estate file (default: ./ometsuke.yml, if there is one)."
  )
  var config: String?
  @OptionGroup var place: StoreOption
  @OptionGroup var speech: SpokenLanguage

  func run() throws {
    // What is named comes before what is in it.
    if let store = place.store { try StateCommand.require(store) }
    let loaded = try EstateSettings.load(config)
    let path = place.path(beside: loaded?.estate.file ?? "")
    try StateCommand.require(path)
    guard let estate = loaded?.estate, let file = estate.keyFile, let subjects = estate.subjectKey
    else {
      Terminal.complain(
        "the estate file names no privacy key-file: a key lies in a file of its own"
      )
      throw ExitCode(2)
    }
    var option = place
    option.store = path
    let text = try StateCommand.open(option, as: "rotate-key", writes: true) { store -> String in
      try store.unlock(estate)
      let key = StoreKey.fresh()
      guard key.count == 16 else { throw complaint("no random numbers") }
      let fresh = file + ".new"
      if let failure = Self.write(subjects, key, to: fresh) {
        throw complaint("\(fresh): cannot be written: \(failure); nothing was changed")
      }
      let number: Int
      do {
        number = try KeyRotation.rotate(
          store,
          to: key,
          program: NotedStore.program,
          author: Author.current,
          time: NotedStore.time
        )
      } catch {
        // Either the store is under the new key, and the file is needed, or it is not.
        if try store.keyCheck() != StoreKey(key).check {
          PathText.withName(fresh) { _ = unlink($0) }
        }
        throw error
      }
      let failure: String? = PathText.withName(fresh) { from in
        PathText.withName(file) { rename(from, $0) == 0 ? nil : String(cString: strerror(errno)) }
      }
      if let failure {
        throw complaint("the store is under the new key; rename \(fresh) to \(file): \(failure)")
      }
      return
        "kept under key \(number), \(SafeText.escaped(file, limit: 4096)); older copies need the old one\n"
    }
    try Terminal.say(text)
  }

  private func complaint(_ text: String) -> ExitCode {
    Terminal.complain(SafeText.escaped(text, limit: 4096))
    return ExitCode(2)
  }

  /// What went wrong, or `nil`.
  private static func write(_ subjects: [UInt8], _ key: [UInt8], to path: String) -> String? {
    let file = PathText.withName(path) {
      open($0, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
    }
    guard file >= 0 else { return String(cString: strerror(errno)) }
    var stream = OutputStream(file)
    stream.write("\(ChainLink.hex(subjects))\n\(ChainLink.hex(key))\n")
    var failure = stream.finish()
    if failure == nil, fchmod(file, 0o600) != 0 || fsync(file) != 0 {
      failure = String(cString: strerror(errno))
    }
    close(file)
    return failure
  }
}
