import ArgumentParser
import EventModel
import Glibc
import Reporting

/// Prints HTML to PDF by a Chromium that is there; none is bundled and none is needed otherwise.
enum Chromium {
  private static let names = ["chromium", "chromium-browser", "google-chrome", "chrome"]

  /// - Throws: `ExitCode(2)` after one clear line on standard error.
  static func print(_ html: String, to path: String) throws {
    var folder = Array("/tmp/ometsuke-pdf-XXXXXX".utf8CString)
    guard mkdtemp(&folder) != nil else {
      throw failure("no folder for the page can be made in /tmp")
    }
    let place = String(decoding: folder.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { remove(place) }
    let (page, made) = (place + "/page.html", place + "/page.pdf")
    try Terminal.write(html, to: page)
    let arguments = [
      "--headless", "--disable-gpu", "--no-pdf-header-footer", "--disable-extensions",
      "--no-first-run", "--user-data-dir=\(place)/profile", "--print-to-pdf=\(made)",
      "file://\(page)",
    ]
    // The sandbox refuses root; the page holds no script and may load nothing.
    let sandbox = getuid() == 0 ? ["--no-sandbox"] : []
    for name in [getenv("OMETSUKE_CHROMIUM").map { String(cString: $0) }].compactMap({ $0 }) + names
    {
      guard let status = run(name, sandbox + arguments) else { continue }
      guard status == 0, let bytes = bytes(of: made) else {
        throw failure("\(name) ended with status \(status) and made no PDF")
      }
      try write(bytes, to: path)
      return
    }
    throw failure(
      "--format pdf needs Chromium in PATH (Debian: apt-get install chromium); or print the HTML"
    )
  }

  private static func failure(_ text: String) -> ExitCode {
    Terminal.complain(text)
    return ExitCode(2)
  }

  /// The exit status; `nil`: there is no such program.
  private static func run(_ name: String, _ arguments: [String]) -> Int32? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
    }
    let words = ([name] + arguments).map { strdup($0) }
    defer { for word in words { free(word) } }
    var process = pid_t()
    guard posix_spawnp(&process, name, &actions, nil, words + [nil], environ) == 0 else {
      return nil
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    let code = (status >> 8) & 0xFF
    return status & 0x7F != 0 ? -1 : code == 127 ? nil : code
  }

  private static func bytes(of path: String) -> [UInt8]? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&block, 1, block.count, file)
      guard count > 0 else { return bytes.isEmpty ? nil : bytes }
      bytes += block[..<count]
    }
  }

  private static func write(_ bytes: [UInt8], to path: String) throws {
    let problem = OutputFile.replace(path) { file in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
        guard count > 0 else { return String(cString: strerror(errno)) }
        rest = rest.dropFirst(count)
      }
      return nil
    }
    if let problem {
      throw failure("\(SafeText.escaped(path, limit: 4096)): cannot be written: \(problem)")
    }
  }

  /// The folder and what the browser left in it.
  private static func remove(_ folder: String) {
    // The name is `mkdtemp`'s.
    _ = run("rm", ["-rf", "--", folder])
  }
}
