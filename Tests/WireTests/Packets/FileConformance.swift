import Foundation
import Testing

@testable import Wire

/// What others say of the files that went over the wire.
extension CaptureConformanceTests {
  /// Zeek's ftp.log and Suricata's expectations.
  mutating func ftp() throws {
    let folder = Self.data.appendingPathComponent("zeek")
    let index = try String(contentsOf: folder.appendingPathComponent("INDEX.tsv"), encoding: .utf8)
    for row in index.split(separator: "\n") where row.hasPrefix("Traces/ftp/") {
      let columns = row.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      let log = folder.appendingPathComponent(columns[2] + "/ftp.log")
      guard columns[0].hasSuffix(".pcap"), let text = try? String(contentsOf: log, encoding: .utf8)
      else { continue }
      try zeekFTP("zeek/" + columns[0], text)
    }
    let suricata = [
      ("ftp/ftp-upload-active/input.pcap", "STOR", "index.html"),
      ("filestore-ftp-active-mode/ftp-active-mode.pcap", "RETR", "index.html"),
    ]
    for (path, verb, name) in suricata {
      let path = "suricata-verify/" + path
      let files = try Self.lines(path).filter { $0["kind"] as? String == "transfer" }
      let of = files.filter { $0["op"] as? String == verb }
      compare("Suricata, FTP", path, "files", "1", "\(of.count)")
      compare("Suricata, FTP", path, "file", name, of.first?["object"] as? String)
      // tshark's count of the data.
      let bytes = of.first?[verb == "STOR" ? "bytes_in" : "bytes_out"]
      compare("Suricata, FTP", path, "bytes", "39", bytes.map { "\($0)" })
    }
  }

  private mutating func zeekFTP(_ path: String, _ text: String) throws {
    let lines = text.split(separator: "\n")
    guard let header = lines.first(where: { $0.hasPrefix("#fields") }) else { return }
    let names = header.split(separator: "\t").dropFirst().map(String.init)
    let found = try Self.lines(path)
    for line in lines where !line.hasPrefix("#") {
      let values = line.split(separator: "\t", omittingEmptySubsequences: false)
      let record = Dictionary(zip(names, values.map(String.init))) { first, _ in first }
      func ofSession(_ kind: String) -> [[String: Any]] {
        found.filter {
          $0["kind"] as? String == kind && "\($0["client_port"] ?? "")" == record["id.orig_p"]
        }
      }
      guard let command = record["command"], ["RETR", "STOR"].contains(command) else {
        guard let user = record["user"], user != "<unknown>", record["command"] != "USER" else {
          continue
        }
        let login = ofSession("login").last?["user"] as? String
        compare("Zeek, ftp.log", path, "account", user, login)
        continue
      }
      let file = ofSession("transfer").first { $0["op"] as? String == command }
      // `ftp://192.0.2.1/pub/file`
      let parts = (record["arg"] ?? "").split(separator: "/", maxSplits: 2)
      // Where the client is Zeek calls `.` until it has heard.
      var name = parts.count > 2 ? "/" + parts[2] : ""
      if name.hasPrefix("/.") { name = String(name.dropFirst(3)) }
      compare("Zeek, ftp.log", path, "file", name, file?["object"] as? String)
      compare(
        "Zeek, ftp.log",
        path,
        "answer",
        record["reply_code"] ?? "",
        file?["status"] as? String
      )
      if let user = record["user"], user != "<unknown>" {
        compare("Zeek, ftp.log", path, "account", user, file?["user"] as? String)
      }
      if let size = record["file_size"], size != "-" {
        compare("Zeek, ftp.log", path, "bytes", size, file?["bytes_out"].map { "\($0)" })
      }
    }
  }
}
