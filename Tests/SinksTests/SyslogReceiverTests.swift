import EventModel
import Foundation
import Glibc
import Storage
import Testing

@testable import Network
@testable import Sinks

/// Debian's rsyslog as it receives over UDP, TCP and TLS.
private final class Rsyslog {
  private var process = Process()
  private let folder: String
  let ports: [Int]

  /// `nil`: it is not installed.
  init?(_ bench: Workbench) throws {
    guard FileManager.default.isExecutableFile(atPath: "/usr/sbin/rsyslogd") else { return nil }
    folder = bench.path
    ports = (0..<3).map { _ in Int.random(in: 20_000..<32_000) }
    try Certificates.make(in: bench.path)
    let tls = """
      global(defaultNetstreamDriver="ossl" defaultNetstreamDriverCAFile="\(bench.path)/ca.pem"
        defaultNetstreamDriverCertFile="\(bench.path)/server.pem"
        defaultNetstreamDriverKeyFile="\(bench.path)/server.key")
      module(load="imtcp")
      input(type="imtcp" address="127.0.0.1" port="\(ports[2])" streamdriver.name="ossl"
        streamdriver.mode="1" streamdriver.authmode="anon")
      """
    let hasTLS = FileManager.default.fileExists(
      atPath: "/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_ossl.so"
    )
    let text = """
      global(workDirectory="\(bench.path)")
      module(load="imudp")
      input(type="imudp" address="127.0.0.1" port="\(ports[0])")
      \(hasTLS ? tls : "module(load=\"imtcp\")")
      input(type="imtcp" address="127.0.0.1" port="\(ports[1])" streamdriver.name="ptcp" streamdriver.mode="0")
      template(name="whole" type="string"
        string="%fromhost-ip%|%inputname%|%pri%|%timereported:::date-rfc3339%|%app-name%|%msgid%|%structured-data%|%msg%\\n")
      action(type="omfile" file="\(bench.path)/received" template="whole")
      """
    try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: bench.path + "/rsyslog.conf"))
    self.hasTLS = hasTLS
    try start()
  }

  let hasTLS: Bool

  /// Until it takes connections.
  func start() throws {
    process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/sbin/rsyslogd")
    process.arguments = ["-n", "-f", folder + "/rsyslog.conf", "-i", folder + "/pid"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    let isUp = wait {
      (try? OutgoingSocket(
        Endpoint(scheme: "tcp", host: "127.0.0.1", port: ports[1]),
        TLSSettings()
      )) != nil
    }
    #expect(isUp)
  }

  func stop() {
    kill(process.processIdentifier, SIGKILL)
    #expect(wait { !process.isRunning })
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }
}

/// A certificate authority and a server's certificate for 127.0.0.1, made for one test.
enum Certificates {
  static func make(in folder: String) throws {
    let commands = [
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=ca"
        + " -keyout ca.key -out ca.pem",
      "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=server"
        + " -keyout server.key -out server.csr",
      "printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\\n' > names",
      "openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2"
        + " -extfile names -out server.pem",
    ]
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.arguments = ["-ec", commands.joined(separator: "\n")]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }
}

@Suite struct `A syslog receiver` {
  @Test func `gets each finding over UDP, TCP and TLS, and outlives a restart of its`() throws {
    let bench = try Workbench()
    guard let rsyslog = try Rsyslog(bench) else {
      print("skipped: no rsyslogd; apt-get install rsyslog")
      return
    }
    var sinks = """
        - {name: udp, kind: syslog, address: "udp://127.0.0.1:\(rsyslog.ports[0])"}
        - {name: tcp, kind: syslog, address: "tcp://127.0.0.1:\(rsyslog.ports[1])", format: cef}
        - {name: lines, kind: syslog, address: "tcp://127.0.0.1:\(rsyslog.ports[1])", format: leef, framing: newline}

      """
    if rsyslog.hasTLS {
      sinks += """
          - {name: tls, kind: syslog, address: "tls://127.0.0.1:\(rsyslog.ports[2])", ca-file: ca.pem}

        """
    } else {
      print("skipped in part: no TLS in rsyslog; apt-get install rsyslog-openssl")
    }
    let store = try Store(path: bench.path + "/store", .night)
    let dispatcher = try bench.dispatcher(sinks, store)
    let count = rsyslog.hasTLS ? 4 : 3
    for number in 1...9 {
      // Over UDP nobody says that it was not there: that sink is not asked to outlive it.
      if number == 4 {
        // What it has taken, it has written.
        #expect(wait { bench.lines("received").count == 3 * count })
        rsyslog.stop()
        try dispatcher.enqueue([Sample.incident(10)], coverage: Coverage())
        try dispatcher.drain(seconds: 2)
        #expect(dispatcher.states.dropFirst().allSatisfy { $0.waiting == 1 })
        try rsyslog.start()
      }
      try dispatcher.enqueue([Sample.incident(number)], coverage: Coverage())
      try dispatcher.drain(seconds: 5)
    }
    let isThere = try wait {
      try dispatcher.step()
      return Set(bench.lines("received")).count >= 10 * count - 1
    }
    #expect(
      isThere,
      "\(bench.lines("received").count) of \(10 * count - 1): \(dispatcher.takeNotices())"
    )
    let received = bench.lines("received")
    #expect(received.allSatisfy { $0.contains("|131|2026-11-23T08:35:49.157") })
    #expect(
      received.count { $0.contains("|ometsuke|FINDING|[ometsuke@32473 id=") } >= 10 * (count - 2)
        - 1
    )
    #expect(
      received.count {
        $0.contains("|ometsuke|FINDING|-|CEF:0|Ometsuke|") || $0.contains("|-| CEF:0|")
      } >= 10
    )
  }

  @Test func `whose certificate nobody vouches for is sent nothing`() throws {
    let bench = try Workbench()
    guard let rsyslog = try Rsyslog(bench), rsyslog.hasTLS else {
      print("skipped: no rsyslogd with TLS; apt-get install rsyslog rsyslog-openssl")
      return
    }
    let store = try Store(path: bench.path + "/store", .night)
    let dispatcher = try bench.dispatcher(
      "  - {name: tls, kind: syslog, address: \"tls://127.0.0.1:\(rsyslog.ports[2])\"}\n",
      store
    )
    try dispatcher.enqueue([Sample.incident()], coverage: Coverage())
    try dispatcher.drain(seconds: 5)
    #expect(dispatcher.states[0].waiting == 1 && bench.lines("received").isEmpty)
    let said = dispatcher.takeNotices().map(\.english)
    #expect(said.contains { $0.contains("its certificate is not accepted") }, "\(said)")
  }
}
