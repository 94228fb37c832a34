public import EventModel
internal import Glibc

/// One input to read.
public struct InputFile: Sendable, Hashable {
  /// Path as given or found; `-` is standard input.
  public var path: String
  /// Size on disk in bytes; `nil` for pipes.
  public var size: Int64?
  /// Where it is opened, when that is not its path.
  public var place: String?

  public init(path: String, size: Int64?) {
    self.path = path
    self.size = size
  }
}

/// From the paths a person names to the files to read.
public enum InputDiscovery {
  /// Files, folders (recursive), globs and `-`, in the order given; inside a folder or glob by the bytes of the path.
  ///
  /// A file met twice is read once. What cannot be read is a problem of one line. Within folders, hidden names, and notes,
  /// scripts and settings by their ending, are not taken for logs: they are `leftOut`, in order of path, unless they are
  /// named themselves.
  public static func files(
    at paths: [String]
  ) -> (files: [InputFile], problems: [Coverage.Unreadable], leftOut: [String]) {
    var search = InputSearch()
    for path in paths { search.add(path) }
    let named = Set(search.files.map(\.path))
    let leftOut = search.leftOut.filter { !named.contains($0) }.sorted(by: bytewise)
    return (search.files, search.problems, leftOut)
  }
}

private struct InputSearch {
  var files: [InputFile] = []
  var problems: [Coverage.Unreadable] = []
  var leftOut: [String] = []
  private var seen: Set<Identity> = []

  private struct Identity: Hashable {
    var device: UInt64
    var inode: UInt64
  }

  mutating func add(_ path: String) {
    if path == "-" {
      if !files.contains(where: { $0.path == "-" }) {
        files.append(InputFile(path: "-", size: nil))
      }
      return
    }
    var status = stat()
    if PathText.withName(path, { stat($0, &status) }) == 0 {
      add(path, status, named: true)
      return
    }
    let code = errno
    guard path.utf8.contains(where: { $0 == 0x2A || $0 == 0x3F || $0 == 0x5B }) else {
      problem(path, code == ENOENT ? "no such file or folder; check the path" : reason(code))
      return
    }
    addMatches(of: path)
  }

  private mutating func addMatches(of pattern: String) {
    var matches = glob_t()
    let result = PathText.withName(pattern) { glob($0, GLOB_NOSORT, nil, &matches) }
    defer { globfree(&matches) }
    var found: [String] = []
    for index in 0..<(result == 0 ? Int(matches.gl_pathc) : 0) {
      guard let name = matches.gl_pathv?[index] else { continue }
      found.append(PathText.text(ofName: name))
    }
    guard !found.isEmpty else {
      problem(
        pattern,
        result == GLOB_NOMATCH || result == 0
          ? "the pattern matches no file; check it" : "the pattern's folders cannot be read"
      )
      return
    }
    for path in found.sorted(by: bytewise) {
      var status = stat()
      guard PathText.withName(path, { stat($0, &status) }) == 0 else {
        problem(path, reason(errno))
        continue
      }
      add(path, status, named: true)
    }
  }

  /// `named`: by the person, so that pipes and devices are taken as well.
  private mutating func add(_ path: String, _ status: stat, named: Bool) {
    let kind = status.st_mode & S_IFMT
    let identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    guard kind == S_IFREG || kind == S_IFDIR || named else {
      problem(path, "neither a file nor a folder; name it yourself to read it")
      return
    }
    guard seen.insert(identity).inserted else { return }
    if kind == S_IFDIR {
      addFolder(path)
      return
    }
    guard PathText.withName(path, { access($0, R_OK) }) == 0 else {
      problem(path, reason(errno))
      return
    }
    files.append(InputFile(path: path, size: kind == S_IFREG ? Int64(status.st_size) : nil))
  }

  private mutating func addFolder(_ folder: String) {
    let (filesBefore, problemsBefore, leftOutBefore) = (files.count, problems.count, leftOut.count)
    addEntries(of: folder)
    let found = files[filesBefore...].sorted { bytewise($0.path, $1.path) }
    files.replaceSubrange(filesBefore..., with: found)
    guard files.count == filesBefore, problems.count == problemsBefore else { return }
    let isAll = leftOut.count == leftOutBefore
    problem(
      folder,
      isAll
        ? "the folder holds no file that was not named before"
        : "the folder holds only names that are no logs' (hidden, .md, .py, .sh, .yml, .yaml); name a file itself to read it"
    )
  }

  /// Walks with a list of its own: depth cannot exhaust the stack.
  private mutating func addEntries(of root: String) {
    var pending = [root]
    while let folder = pending.popLast() {
      guard let handle = PathText.withName(folder, { opendir($0) }) else {
        problem(folder, reason(errno))
        continue
      }
      defer { closedir(handle) }
      var names: Set<String> = []
      var documents: [String] = []
      while let entry = readdir(handle) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
          tuple.withMemoryRebound(to: CChar.self, capacity: 256) { PathText.text(ofName: $0) }
        }
        guard !name.utf8.isEmpty, name != ".", name != ".." else { continue }
        let path = folder.utf8.last == 0x2F ? folder + name : folder + "/" + name
        guard name.utf8.first != 0x2E else {
          leftOut.append(path)
          continue
        }
        names.insert("/" + name)
        guard !isDocument(name) else {
          documents.append(path)
          continue
        }
        var status = stat()
        guard PathText.withName(path, { stat($0, &status) }) == 0 else {
          problem(path, errno == ENOENT ? "a link to nothing" : reason(errno))
          continue
        }
        if status.st_mode & S_IFMT == S_IFDIR {
          let identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
          if seen.insert(identity).inserted { pending.append(path) }
        } else {
          add(path, status, named: false)
        }
      }
      for path in documents { addDocument(path, among: names) }
    }
  }

  /// A name with the ending of a note or script is a log where the letters are those that `split` gives.
  private mutating func addDocument(_ path: String, among names: Set<String>) {
    var status = stat()
    guard FileSequence.isPart(FileSequence.split(path).name, in: "", among: names),
      PathText.withName(path, { stat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFREG
    else { return leftOut.append(path) }
    add(path, status, named: false)
  }

  /// What lies beside logs and is none: notes, scripts, settings.
  ///
  /// Read when named itself.
  private func isDocument(_ name: String) -> Bool {
    [".md", ".py", ".sh", ".yml", ".yaml"].contains { name.hasSuffix($0) }
  }

  private mutating func problem(_ path: String, _ reason: String) {
    problems.append(Coverage.Unreadable(path: path, reason: reason))
  }

  private func reason(_ code: Int32) -> String {
    code == EACCES ? "permission denied; run with the right to read it" : systemMessage(code)
  }
}

private func bytewise(_ left: String, _ right: String) -> Bool {
  left.utf8.lexicographicallyPrecedes(right.utf8)
}

/// The system's words for an `errno`.
func systemMessage(_ code: Int32) -> String {
  guard let text = strerror(code) else { return "error \(code)" }
  return String(cString: text)
}
