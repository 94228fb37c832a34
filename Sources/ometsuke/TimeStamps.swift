import EventModel
import Glibc
import Reporting
import Storage

/// Time-stamp tokens by the command line of OpenSSL: requests are made and tokens verified by what a
/// third party has as well.
///
/// Source: RFC 3161; openssl-ts(1).
enum TimeStamps {
  enum Check: Equatable {
    /// The authority's signature is over this digest; its time as `openssl` prints it.
    case verified(time: String)
    case failed(String)
    /// There is no `openssl` here.
    case unchecked
  }

  /// A request for a token over a digest (DER), and what went wrong.
  static func request(over digest: [UInt8]) -> (bytes: [UInt8], failure: String?) {
    let hex = ChainLink.hex(digest)
    let run = Program.run("openssl", ["ts", "-query", "-digest", hex, "-sha256", "-cert"])
    guard run.status == 0, !run.output.isEmpty else { return ([], reason(run)) }
    return (run.output, nil)
  }

  /// Whether a response or a bare token is over a digest, by certificates that are trusted.
  static func check(_ token: [UInt8], over digest: [UInt8], trusting certificates: String) -> Check
  {
    withFile(token) { file in
      var last = Program.Outcome()
      for form in [[], ["-token_in"]] {
        last = Program.run(
          "openssl",
          ["ts", "-verify", "-digest", ChainLink.hex(digest), "-in", file] + form
            + ["-CAfile", certificates]
        )
        if last.status == 0 { return .verified(time: time(of: file, form)) }
        if last.status == Program.Outcome.isMissing { return .unchecked }
      }
      return .failed(reason(last))
    } ?? .failed("no temporary file could be made")
  }

  private static func time(of file: String, _ form: [String]) -> String {
    let run = Program.run("openssl", ["ts", "-reply", "-text", "-in", file] + form)
    let lines = String(decoding: run.output, as: UTF8.self).split(separator: "\n")
    let line = lines.first { $0.hasPrefix("Time stamp: ") }
    return line.map { String($0.dropFirst("Time stamp: ".count)) } ?? "unknown"
  }

  /// Whether a token holds a digest as an octet string: what can be seen without any certificate.
  static func holds(_ token: [UInt8], _ digest: [UInt8]) -> Bool {
    token.firstRange(of: [0x04, UInt8(clamping: digest.count)] + digest) != nil
  }

  private static func reason(_ run: Program.Outcome) -> String {
    if run.status == Program.Outcome.isMissing { return "openssl is not installed" }
    let lines = String(decoding: run.errors + run.output, as: UTF8.self).split(separator: "\n")
    // The first line names what did not fit.
    return "openssl: " + (lines.first { $0.contains("error") } ?? lines.first ?? "no answer")
  }

  private static func withFile<Result>(_ bytes: [UInt8], _ body: (String) -> Result) -> Result? {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var name = Array((folder + "/ometsuke-token.XXXXXX").utf8CString)
    let file = mkstemp(&name)
    guard file >= 0 else { return nil }
    defer {
      close(file)
      unlink(name)
    }
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      guard count > 0 else { return nil }
      done += count
    }
    return body(String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }
}

/// Another program that is run to its end.
enum Program {
  struct Outcome {
    /// As a shell tells that there is no such program.
    static let isMissing: Int32 = 127
    /// Exit status; -1: it did not come to an end of its own.
    var status: Int32 = -1
    var output: [UInt8] = []
    var errors: [UInt8] = []
  }

  /// `input` is what it reads from standard input, a file; nothing else is handed to it.
  static func run(_ name: String, _ arguments: [String], input: String = "/dev/null") -> Outcome {
    var outcome = Outcome()
    guard let output = tmpfile(), let errors = tmpfile() else { return outcome }
    defer {
      fclose(output)
      fclose(errors)
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, fileno(output), STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, fileno(errors), STDERR_FILENO)
    var words = ([name] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var child = pid_t()
    let result = posix_spawnp(&child, name, &actions, nil, &words, environ)
    guard result == 0 else {
      outcome.status = result == ENOENT ? Outcome.isMissing : -1
      return outcome
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    outcome.status = status & 0x7F == 0 ? (status >> 8) & 0xFF : -1
    outcome.output = all(of: output)
    outcome.errors = all(of: errors)
    return outcome
  }

  private static func all(of file: UnsafeMutablePointer<FILE>) -> [UInt8] {
    rewind(file)
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = fread(&block, 1, block.count, file)
      guard count > 0 else { return bytes }
      bytes += block[..<count]
    }
  }
}
