import ArgumentParser
import Capture
import Glibc
import Ingest

struct CaptureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "capture",
    abstract: "Turns what goes over the wire into lines that scan, nightly and watch read.",
    discussion: """
      Captures on an interface (libpcap; the kernel filters) and writes a line for each statement, request, \
      file and flow into one file a day, wire-YYYY-MM-DD.jsonl, in the folder given; it holds no packets. \
      It needs no root, only the capability cap_net_raw. What the kernel drops is told as a notice among the \
      lines. SIGTERM and SIGINT: takes what is there, tells what is open, ends. With --read a capture file \
      is turned into the same lines. Exit status: 0; 2 when it could not run; 3 when the interface went away, \
      or a file could not be read to its end.
      """
  )

  @Option(name: [.short, .long], help: "Capture on this interface (any: on all).")
  var interface: String?

  @Option(
    name: [.customShort("r"), .customLong("read")],
    help: "Read this capture file (- for standard input) instead of an interface."
  )
  var file: String?

  @Option(name: [.short, .long], help: "Take only packets of this filter (pcap-filter(7)).")
  var filter: String?

  @Option(
    name: [.short, .long],
    help: "The folder of the day files; with --read - for standard output."
  )
  var output: String

  @Option(help: "MiB that wait in the kernel.")
  var buffer = 64

  @Option(
    name: .customLong("key-log"),
    help: "Read encrypted sessions of captures by the secrets in this file (SSLKEYLOGFILE)."
  )
  var keyLog: String?

  @Option(
    name: .customLong("user-header"),
    help: "HTTP: take the user from this header field, where a proxy sets it; may be repeated."
  )
  var userHeaders: [String] = []

  @Option(
    name: .customLong("user-cookie"),
    help: "HTTP: take the user from this cookie; may be repeated."
  )
  var userCookies: [String] = []

  @OptionGroup var speech: SpokenLanguage

  @Flag(help: "Also take packets that are meant for others.")
  var promiscuous = false

  @Flag(help: "Only flows; no protocol is read.")
  var flows = false

  mutating func validate() throws {
    guard (interface == nil) != (file == nil) else {
      throw ValidationError("give an interface (-i) or a capture file (-r)")
    }
    if file != nil, filter != nil {
      throw ValidationError(
        "--filter: only for an interface; tcpdump -r FILE -w OTHER FILTER cuts a file"
      )
    }
    if file != nil, output != "-" {
      throw ValidationError("--output \(output): with --read only - (standard output)")
    }
    if interface != nil, flows { throw ValidationError("--flows: only with --read") }
    guard (1...2000).contains(buffer) else {
      throw ValidationError("--buffer \(buffer): give a number of MiB from 1 to 2000")
    }
  }

  func run() throws {
    try EstateSettings.declare(keyLog: keyLog, follows: file == nil)
    CaptureUsers.declare(headers: userHeaders, cookies: userCookies)
    if let file { return try read(file) }
    Signals.install()
    Signals.unblock()
    do throws(CaptureError) {
      let capture = try LiveCapture(
        interface: interface ?? "",
        filter: filter,
        folder: output,
        buffer: buffer << 20,
        isPromiscuous: promiscuous
      )
      Systemd.notify("READY=1")
      var isOpen = true
      while isOpen, !Signals.shallEnd { isOpen = try capture.step() }
      // What waits in the kernel is taken; a busy interface would never be empty.
      for _ in 0..<64 where isOpen {
        let before = capture.packets
        isOpen = try capture.step()
        if capture.packets == before { break }
      }
      try capture.finish()
      Terminal.complain("\(capture.packets) packets, \(capture.lost) dropped")
      guard isOpen else {
        Terminal.complain("\(interface ?? ""): \(capture.reason)")
        throw CaptureError.gone
      }
    } catch {
      if !error.message.isEmpty { Terminal.complain(error.message) }
      throw ExitCode(error.message.isEmpty ? 3 : 2)
    }
  }

  private func read(_ path: String) throws {
    do throws(ReadError) {
      let lines = try CaptureLines(path: path, flowsOnly: flows)
      while try lines.next({ Self.write($0) }) {}
    } catch {
      Terminal.complain(error.message)
      throw ExitCode(error.code == .notFound || error.code == .notReadable ? 2 : 3)
    }
  }

  private static func write(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes
    while !rest.isEmpty {
      let count = Glibc.write(STDOUT_FILENO, rest.baseAddress, rest.count)
      if count < 0, errno != EINTR { Glibc.exit(errno == EPIPE ? 0 : 2) }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(max(0, count)))
    }
  }
}
