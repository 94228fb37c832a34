import EventModel
import Testing

@testable import Ingest

/// Logs that an application writes by itself are of no product's format for a few keys that any application has.
struct HomeMadeLogTests {
  private func best(_ text: String) -> String? {
    FormatRegistry.best(Array((text + "\n").utf8).span).map { $0.format.name }
  }

  @Test(
    "an application's own events stay its own",
    arguments: [
      #"{"timestamp":"2026-11-02T13:00:00Z","event_type":"export","src_ip":"192.0.2.1","user":"sato","table":"customers","rows":1200}"#,
      #"{"time":"2026-11-02T13:00:00Z","operationName":"export","category":"audit","user":"sato","ip":"192.0.2.1","rows":1200}"#,
      #"{"@timestamp":"2026-11-02T13:00:00Z","action":"export","actor":"sato","client_ip":"192.0.2.1","table":"customers","rows":1200}"#,
      #"{"time":"2026-11-02T13:00:00Z","Event":"export","user":"sato","ip":"192.0.2.1","table":"customers","rows":1200}"#,
    ]
  )
  func ownEvents(_ line: String) {
    #expect(best(line) == "jsonl", "\(line)")
  }

  @Test func `columns with a time are no product's where nothing of what it does stands in them`() {
    #expect(best("1793624400|s0|u0|192.0.2.1|EXPORT|customers|700") != "asterisk-queue-log")
    #expect(best("1793624400|1793624399.1|support|PJSIP/2001|CONNECT|12") == "asterisk-queue-log")
    let line = "20261102 22:00:00,ap1,u0,192.0.2.1,0,0,"
    #expect(best(line + "export,crm,customers,700") != "mariadb-audit")
    #expect(best(line + "QUERY,crm,'select 1',0") == "mariadb-audit")
  }

  @Test(arguments: ["操作", "処理", "操作内容"])
  func `what was done and how many stand apart in a Japanese header`(_ word: String) {
    let map = FieldMapGuess.guess(columns: ["日時", "利用者", "端末", word, "対象", "件数"]).map
    #expect(map.rules[.operation]?.path == [word])
    #expect(map.rules[.records]?.path == ["件数"])
    #expect(map.rules[.account]?.path == ["利用者"] && map.rules[.object]?.path == ["対象"])
  }
}
