import Testing

@testable import Wire

/// What Zeek, Suricata and tshark say of files that went over SMB.
extension CaptureConformanceTests {
  private struct Claim {
    var source: String
    var path: String
    var operation: String
    var file: String
    var bytes: Int
    var account: String?
  }

  private static let smbClaims = [
    // Zeek's files.log (seen_bytes) and smb_mapping.log.
    Claim(
      source: "Zeek, smb_files.log, files.log",
      path: "zeek/Traces/smb/smb2.pcap",
      operation: "WRITE",
      file: #"\\10.0.0.12\smb2\WP_SMBPlugin.pdf"#,
      bytes: 1_508_939,
      account: "Administrator"
    ),
    Claim(
      source: "Zeek, smb_files.log, files.log",
      path: "zeek/Traces/smb/smb_v2_only_non_zero_reserved1.pcap",
      operation: "READ",
      file: "Test.txt",
      bytes: 189
    ),
  ]

  mutating func smb() throws {
    for claim in Self.smbClaims {
      let files = try Self.lines(claim.path).filter {
        $0["kind"] as? String == "transfer" && $0["op"] as? String == claim.operation
      }
      let file = files.first { ($0["object"] as? String)?.hasSuffix(claim.file) == true }
      let key = claim.operation == "READ" ? "bytes_out" : "bytes_in"
      compare(claim.source, claim.path, "file", "true", file.map { _ in "true" })
      compare(claim.source, claim.path, "bytes", "\(claim.bytes)", file?[key].map { "\($0)" })
      if let account = claim.account {
        compare(claim.source, claim.path, "account", account, file?["user"] as? String)
      }
    }
    // smb2-07/test.yaml: the share and the file that is made in it.
    let path = "suricata-verify/smb2-07/20171220_smb_psexec_add_user.pcap"
    let file = try Self.lines(path).first {
      $0["op"] as? String == "WRITE" && $0["object"] as? String == #"\\dc1\ADMIN$\PSEXESVC.exe"#
    }
    compare("Suricata, SMB", path, "file", "true", file.map { _ in "true" })
    compare("Suricata, SMB", path, "disposition", "overwrite-if", file?["disposition"] as? String)
    // smb3-01/test.yaml: the dialect of the session whose share is encrypted.
    let sealed = try Self.lines("suricata-verify/smb3-01/input.pcap").first {
      $0["kind"] as? String == "encrypted"
    }
    compare(
      "Suricata, SMB",
      "suricata-verify/smb3-01/input.pcap",
      "dialect",
      "3.0",
      sealed?["version"] as? String
    )
  }
}
