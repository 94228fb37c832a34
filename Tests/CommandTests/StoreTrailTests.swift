import Foundation
import Glibc
import Testing

/// Runs another program to its end; what it wrote and how it ended.
@discardableResult
private func shell(_ command: String, in folder: String) throws -> (status: Int32, output: String) {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/bin/bash")
  process.arguments = ["-c", command]
  process.currentDirectoryURL = URL(fileURLWithPath: folder)
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = pipe
  try process.run()
  let output = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}

private func isInstalled(_ program: String) -> Bool {
  ["/usr/bin/", "/bin/", "/usr/local/bin/"].contains {
    FileManager.default.isExecutableFile(atPath: $0 + program)
  }
}

extension Desk {
  fileprivate func store(_ command: String...) throws -> Run {
    try Run(command + ["--store", "store"], in: path)
  }
}

@Suite struct `The trail of the store` {
  @Test func `tells who asked what`() throws {
    let desk = try Desk()
    #expect(try desk.run("nightly", "leak.jsonl", "--store", "store").status == 1)
    for command in [
      ["coverage", "--from", "2024-04-01", "--to", "2024-04-03"], ["state"], ["verify"],
      ["state", "export", "nights"], ["what-if", "--budget", "5", "store"],
    ] {
      let words = command.last == "store" ? command : command + ["--store", "store"]
      let run = try Run(words, in: desk.path)
      #expect(!run.errors.contains("could not be recorded"), "\(command): \(run.errors)")
    }
    let run = try desk.store("state", "accesses")
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 7, "\(run.output)")
    for (line, words) in zip(
      lines,
      [
        "nightly, all", "coverage, 2024-04-01 2024-04-03", "state show", "verify",
        "state export, table nights", "what-if", "state accesses",
      ]
    ) {
      #expect(line.contains("Z  " + words) && line.contains("uid \(getuid())"), "\(line)")
    }
    #expect(try desk.store("verify", "--heads").output.contains("(accesses)"))
  }

  @Test func `names decisions in the mail of a night`() throws {
    let desk = try Desk()
    #expect(try desk.run("nightly", "leak.jsonl", "--store", "store").status == 1)
    let incidents = try desk.store("state", "export", "incidents").output
    let start = try #require(incidents.firstRange(of: "\"id\":\"")?.upperBound)
    let id = String(incidents[start...].prefix(16))
    let decided = try desk.store(
      "state",
      "decide",
      id,
      "--as",
      "under-review",
      "--by",
      "Ueda",
      "--reason",
      "asked the owner"
    )
    #expect(decided.status == 0, "\(decided.errors)")
    try desk.write(
      "leak.jsonl",
      Desk.line(minute: 3, rows: 50_000) + Desk.line(minute: 5, rows: 70_000)
    )
    let next = try desk.run("nightly", "leak.jsonl", "--store", "store")
    #expect(next.output.contains("Decision: under-review, by Ueda"), "\(next.output)")
    #expect(next.output.contains("asked the owner") && next.output.contains("調査中"))
  }

  @Test(.enabled(if: isInstalled("openssl")))
  func `is anchored by a time-stamp token that openssl verifies`() throws {
    let desk = try Desk()
    #expect(try desk.run("nightly", "leak.jsonl", "--store", "store").status == 1)
    // An authority that lives as long as the test.
    let made = try shell(
      """
      set -e
      cat > tsa.cnf <<'END'
      [req]
      distinguished_name = dn
      [dn]
      [ca]
      basicConstraints = critical, CA:true
      [signer]
      extendedKeyUsage = critical, timeStamping
      [tsa]
      default_tsa = tsa1
      [tsa1]
      serial = serial
      crypto_device = builtin
      signer_digest = sha256
      default_policy = 1.2.3.4.1
      digests = sha256
      accuracy = secs:1
      END
      new() { openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -config tsa.cnf "$@"; }
      for ca in ca other; do
        new -x509 -extensions ca -subj /CN=$ca -keyout $ca.key -out $ca.pem -days 30
      done
      new -subj /CN=stamps -keyout tsa.key -out tsa.csr
      openssl x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile tsa.cnf \
        -extensions signer -days 30 -out tsa.pem
      echo 01 > serial
      """,
      in: desk.path
    )
    #expect(made.status == 0, "\(made.output)")
    let anchored = try desk.store("state", "anchor", "--request", "anchor.tsq")
    #expect(anchored.status == 0, "\(anchored.errors)")
    let head = String(anchored.output.prefix(64))
    let stamped = try shell(
      "openssl ts -reply -config tsa.cnf -queryfile anchor.tsq -signer tsa.pem -inkey tsa.key"
        + " -out anchor.tsr && openssl ts -reply -in anchor.tsr -token_out -out bare.tst",
      in: desk.path
    )
    #expect(stamped.status == 0, "\(stamped.output)")
    let other = try desk.store("state", "anchor", "--token", "anchor.tsr", "--tsa-ca", "other.pem")
    #expect(other.status == 2 && other.complaints.count == 1)
    for file in ["bare.tst", "anchor.tsr"] {
      let kept = try desk.store("state", "anchor", "--token", file, "--tsa-ca", "ca.pem")
      #expect(kept.status == 0 && kept.output.contains("verified"), "\(kept.errors)")
    }
    let whole = try desk.store("verify", "--tsa-ca", "ca.pem", "--expect", head)
    #expect(whole.status == 0 && whole.output.contains("token verified"), "\(whole.output)")
    let wrong = try desk.store("verify", "--tsa-ca", "other.pem")
    #expect(wrong.status == 1 && wrong.output.contains("token not valid"))
    #expect(try desk.store("verify").output.contains("token not verified"))
    let none = String(repeating: "0", count: 64)
    #expect(try desk.store("verify", "--expect", none).status == 1)
    // A token is over one anchor and no other.
    #expect(try desk.store("state", "anchor").status == 0)
    #expect(try desk.store("state", "anchor", "--token", "anchor.tsr").status == 2)
    #expect(
      try desk.store("state", "anchor", "--token", "anchor.tsr", "--head", head).status == 0
    )
  }

  @Test func `is read where it cannot be written, and says what could not be recorded`() throws {
    let desk = try Desk()
    #expect(try desk.run("nightly", "leak.jsonl", "--store", "store").status == 1)
    let before = FileManager.default.contents(atPath: desk.path + "/store")
    // Root may write everywhere: somebody else asks.
    let isRoot = getuid() == 0
    if isRoot, !isInstalled("setpriv") { return }
    let user = isRoot ? "setpriv --reuid=65534 --regid=65534 --clear-groups " : ""
    if isRoot { try shell("chown 65534:65534 store; chmod 0555 .", in: desk.path) }
    try shell("chmod 0400 store; rm -f store-wal store-shm store-lock; chmod 0555 .", in: desk.path)
    defer { chmod(desk.path, 0o755) }
    for command in ["state", "verify", "coverage", "state accesses"] {
      let run = try shell("\(user)\(Run.program) \(command) --store store", in: desk.path)
      #expect(run.status == 0, "\(command): \(run.output)")
      #expect(run.output.contains("this access could not be recorded"), "\(run.output)")
    }
    #expect(FileManager.default.contents(atPath: desk.path + "/store") == before)
    let night = try shell("\(user)\(Run.program) nightly leak.jsonl --store store", in: desk.path)
    #expect(night.status == 2 && night.output.split(separator: "\n").count == 1, "\(night.output)")
  }

  @Test func `says of a store that is empty or cut that it is, before who may read it`() throws {
    let desk = try Desk()
    try desk.write("empty", "")
    chmod(desk.path + "/empty", 0o644)
    for words in [["state"], ["nightly", "leak.jsonl"]] {
      let run = try Run(words + ["--store", "empty"], in: desk.path)
      #expect(
        run.status == 2 && run.errors.contains("empty: is empty, and no store"),
        "\(run.errors)"
      )
    }
    #expect(try desk.run("nightly", "leak.jsonl", "--store", "store").status == 1)
    let whole = try #require(FileManager.default.contents(atPath: desk.path + "/store"))
    let open = try desk.store("state")
    #expect(open.status == 0, "\(open.errors)")
    for mode in [mode_t(0o644), 0o600] {
      try whole.prefix(8_192).write(to: URL(fileURLWithPath: desk.path + "/cut"))
      chmod(desk.path + "/cut", mode)
      let run = try Run(["state", "--store", "cut"], in: desk.path)
      #expect(run.status == 2 && run.complaints.count == 1)
      #expect(run.errors.contains("cut: is cut off, "), "\(run.errors)")
    }
  }

  @Test func `asks beside a run that holds the store`() throws {
    let desk = try Desk()
    #expect(try desk.run("nightly", "leak.jsonl", "--store", "store").status == 1)
    let lock = open(desk.path + "/store-lock", O_RDWR)
    defer { close(lock) }
    #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
    let asked = try desk.store("state")
    #expect(asked.status == 0 && asked.errors.isEmpty)
    #expect(try desk.run("nightly", "leak.jsonl", "--store", "store").status == 2)
  }
}

extension Desk {
  fileprivate static let key = "000102030405060708090a0b0c0d0e0f"

  /// An estate with a key file.
  fileprivate func keep() throws {
    try write("key", Self.key + "\n")
    try write("ometsuke.yml", "privacy: {key-file: key}\n")
  }
}

@Suite struct `ometsuke state rotate-key` {
  @Test func `changes the key file and the store together`() throws {
    let desk = try Desk()
    try desk.keep()
    // What is named comes before what is in it: the key file can be read by others.
    chmod(desk.path + "/key", 0o644)
    let none = try desk.run("state", "rotate-key", "--store", "none")
    #expect(none.status == 2 && none.complaints.count == 1)
    #expect(none.errors.contains("none: no such store"), "\(none.errors)")
    chmod(desk.path + "/key", 0o600)
    #expect(!FileManager.default.fileExists(atPath: desk.path + "/none"))
    #expect(try desk.run("nightly", "leak.jsonl", "--store", "store").status == 1)
    let rotated = try desk.run("state", "rotate-key", "--store", "store")
    #expect(rotated.status == 0 && rotated.output.contains("key 1"), "\(rotated.errors)")
    let keys = try String(contentsOfFile: desk.path + "/key", encoding: .utf8).split(
      separator: "\n"
    )
    #expect(keys.count == 2 && keys[0] == Desk.key && keys[1].count == 32)
    var status = stat()
    #expect(stat(desk.path + "/key", &status) == 0 && status.st_mode & 0o777 == 0o600)
    #expect(!FileManager.default.fileExists(atPath: desk.path + "/key.new"))
    for command in [
      ["nightly", "leak.jsonl"], ["coverage"], ["state"], ["verify"], ["state", "verify"],
    ] {
      let run = try Run(command + ["--store", "store"], in: desk.path)
      #expect(run.status == 0 && run.errors.isEmpty, "\(command): \(run.errors)\(run.output)")
    }
    #expect(try desk.run("state", "rotate-key", "--store", "store").output.contains("key 2"))
    try desk.write("key", keys.joined(separator: "\n") + "\n")
    let old = try desk.run("nightly", "leak.jsonl", "--store", "store")
    #expect(old.status == 2 && old.complaints.count == 1 && old.errors.contains("another key"))
  }
}
