/// The words of the reports, as the law and the ministry use them; docs/glossary.md explains each.
struct Term: Sendable {
  var key: String
  var english: String
  var japanese: String

  /// The term of a key of the schema.
  static func of(_ key: String) -> Term {
    table[key] ?? Term(key: key, english: key, japanese: key)
  }

  static let all: [Term] = [
    Term("report_kind", "Kind of report", "報告種別"),
    Term("version", "Version", "版"),
    Term("reported_at", "Date of this report", "報告年月日"),
    Term("issued_by", "Issued by", "発行者"),
    Term("supersedes", "Supersedes", "差替え前の版"),
    Term("reason", "Why it changed", "改版の理由"),
    Term("incident_id", "Reference number", "管理番号"),
    Term("legal_reference", "Legal basis of the report", "報告の根拠"),
    Term("organisation", "Reporting organisation", "法人名"),
    Term("representative", "Representative", "代表者"),
    Term("registration", "Registration or notification number", "登録・届出番号"),
    Term("contact", "Contact", "連絡先"),
    Term("detected_at", "Detected", "検知日時"),
    Term("acknowledged_at", "Became known to the organisation", "認知日時"),
    Term("due_dates", "Deadlines", "報告期限"),
    Term("first_seen", "First taking seen", "最初の発生"),
    Term("last_seen", "Last taking seen", "最後の発生"),
    Term("still_ongoing", "Still going on", "継続の有無"),
    Term("summary", "Outline", "概要"),
    Term("discovery_route", "How it came to light", "発覚の経緯"),
    Term("delegation_chain", "Chain of delegation", "委託関係"),
    Term("contract_id", "Contract", "委託契約"),
    Term("consents", "Consent to sub-delegation", "再委託の承諾"),
    Term("authorisation", "Records by instruction", "取扱いの根拠"),
    Term("instructions", "Instructions that may concern it", "関係し得る指示"),
    Term("actor", "Actor", "行為者"),
    Term("person_confidence", "Person", "人物の特定"),
    Term("server", "Server", "サーバー"),
    Term("terminal", "Terminal", "端末"),
    Term("media", "Media", "媒体"),
    Term("network", "Network", "ネットワーク"),
    Term("channel", "Route and media", "経路・媒体"),
    Term("data_categories", "Items of personal data", "個人データの項目"),
    Term("data_flags", "Data that call for special care", "特に配慮を要する情報"),
    Term("confirmed", "Confirmed", "確認件数"),
    Term("suspected", "Possibly leaked", "おそれ件数"),
    Term("gross", "Records read, repeats counted", "延べ件数"),
    Term("unique", "Distinct persons", "本人の数"),
    Term("owner_unknown", "Owner unknown", "委託元不明"),
    Term("method", "How they were counted", "計数の方法"),
    Term("per_owner", "Figures by owner", "委託元別件数"),
    Term("causes", "Causes", "原因"),
    Term("secondary_damage", "Secondary damage", "二次被害"),
    Term("complaints", "Complaints", "苦情・申出"),
    Term("support", "Support of the persons concerned", "本人への支援"),
    Term("notification_status", "Notice to the persons concerned", "本人への対応"),
    Term("publication_status", "Publication", "公表"),
    Term("containment", "Containment", "封じ込め"),
    Term("late_instruction", "Of these perhaps under a later instruction", "うち事後の指示に当たり得る件数"),
    Term("look_ups", "Look-ups beside the takings", "ほかに少量の閲覧"),
    Term("measures", "Measures against recurrence", "再発防止策"),
    Term("sources", "Sources", "記録元"),
    Term("gaps", "Gaps", "欠落"),
    Term("tamper_checks", "Checks against alteration", "改変の検査"),
    Term("digests", "Digests", "証拠のダイジェスト"),
    Term("events", "Evidence", "証拠"),
    Term("limitations", "Limits of the investigation", "調査の限界"),
    Term("decision_log", "Decisions", "判断の記録"),
    Term("reviewer", "Reviewer", "確認者"),
    Term("executive_signoff", "Sign-off by the management", "経営層の承認"),
    Term("owner", "Owner", "委託元"),
    Term("owner_type", "Kind of owner", "委託元の種別"),
    Term("delivered", "Records delivered", "交付件数"),
    Term("ratio", "Share", "割合"),
    Term("first", "First", "最初"),
    Term("last", "Last", "最後"),
    Term("coverage", "Coverage of the records", "記録の範囲"),
    Term("subject_refs", "References of persons", "本人参照"),
    Term("other", "Other matters", "その他参考となる事項"),
    Term("question", "Question", "照会事項"),
    Term("period_asked", "Period asked about", "照会の対象期間"),
    Term("period_basis", "How the period came about", "期間の決め方"),
    Term("period_covered", "Scope", "対象範囲"),
    Term("handlers", "Who handled the records", "取扱者"),
    Term("takings", "Takings", "持出し"),
    Term("examiner", "Examiner", "実施者"),
    Term("conclusion", "Conclusion", "結論"),
    Term("other_owners_to_tell", "Other owners to be told", "他の委託元"),
    Term("governance", "Governance", "体制"),
    Term("delegation_register", "Delegations and external services", "委託・外部サービス一覧"),
    Term("volumes", "Volumes handled", "取扱量"),
    Term("privileged_accounts", "Privileged and shared accounts", "特権・共有アカウント"),
    Term("detection", "Detection", "検知"),
    Term("log_health", "State of the logs", "ログ健全性"),
    Term("self_test", "Self-test", "自己試験"),
    Term("checklist", "Check list", "点検項目"),
    Term("other_contractors", "Other contractors", "他の委託先"),
    Term("user_support", "Support of users", "利用者対応"),
    Term("incidents", "Incidents", "事案"),
    Term("new_concerns", "New concerns", "新たな懸念"),
    Term("corrections", "Corrections", "訂正"),
    Term("severity", "Severity", "重大度"),
    Term("findings", "Findings", "検知内容"),
    Term("takings_by_day", "Handling by day", "日別の取扱い"),
    Term("heat_map", "Who handled whose records, and when", "人物・アカウント×委託元の取扱い"),
    Term("cumulative", "Cumulative volume against the authorised", "累計件数と指示された件数"),
    Term("timeline", "Takings and their authorisation", "持出しの時系列と指示の有無"),
    Term("hour_of_week", "Hours of the week", "曜日・時間帯"),
    Term("coverage_calendar", "What the logs show", "記録の範囲(暦)"),
  ]

  private static let table = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })

  init(key: String, english: String, japanese: String) {
    (self.key, self.english, self.japanese) = (key, english, japanese)
  }

  init(_ key: String, _ english: String, _ japanese: String) {
    self.init(key: key, english: english, japanese: japanese)
  }
}

extension DocumentStyle {
  func term(_ key: String) -> String {
    let term = Term.of(key)
    return pick(term.english, term.japanese)
  }

  func field(_ key: String, _ values: [Cell], note: String? = nil) -> Document.Field {
    Document.Field(key, term(key), values, note: note)
  }

  func field(_ key: String, _ value: Cell, note: String? = nil) -> Document.Field {
    field(key, [value], note: note)
  }

  /// A table of the key's term; `columns`: key, English, Japanese, whether numeric.
  func table(
    _ key: String,
    _ columns: [(String, String, String, Bool)],
    empty: String
  ) -> Document.Table {
    Document.Table(
      key,
      term(key),
      columns.map { Document.Table.Column($0.0, pick($0.1, $0.2), isNumeric: $0.3) },
      empty: empty
    )
  }
}
