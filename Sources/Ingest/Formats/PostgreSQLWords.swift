/// Words of PostgreSQL's own messages, in English and as a server in a Japanese locale (`lc_messages`) writes them.
///
/// pgaudit's lines, severities and what a client states are English everywhere.
///
/// Source: PostgreSQL 15, src/backend/po/ja.po; src/backend/tcop/postgres.c; src/backend/utils/error/elog.c.
enum PostgreSQLWords {
  /// In place of a severity, before the text that failed.
  static let statementLine: [StaticString] = ["STATEMENT", "文"]
  /// In place of a severity, before what belongs to the message before.
  static let secondary: [StaticString] = [
    "DETAIL", "HINT", "QUERY", "CONTEXT", "LOCATION", "BACKTRACE", "詳細", "ヒント", "問い合わせ", "文脈", "場所",
    "バックトレース",
  ]
  static let duration: [(start: StaticString, unit: StaticString)] = [
    ("duration: ", " ms "), ("期間: ", " ミリ秒 "),
  ]
  static let statement: [StaticString] = ["statement: ", "文: "]
  /// Before the name of what is executed.
  static let execute: [StaticString] = ["execute ", "実行 ", "取り出し実行 "]
  static let prepare: [StaticString] = ["prepare: ", "準備: "]
  static let authorized: [StaticString] = ["connection authorized: ", "接続の認証完了: "]
  static let replication: [StaticString] = [
    "replication connection authorized: ", "レプリケーション接続の認証完了: ",
  ]
  static let disconnection: [StaticString] = ["disconnection: ", "接続を切断: "]
  static let user: [StaticString] = ["user=", "ユーザー="]
  static let host: [StaticString] = ["host=", "ホスト="]
  static let replicationCommand: [StaticString] = [
    "received replication command: ", "レプリケーションコマンドを受信しました: ",
  ]
  static let reload: [StaticString] = ["received SIGHUP", "SIGHUPを受け取りました"]
  /// Before the name of what was changed in the configuration.
  static let parameter: [StaticString] = ["parameter \"", "パラメータ\"", "パラメーター\""]
  static let noEntry: [StaticString] = [
    "no pg_hba.conf entry for ", "pg_hba.conf rejects ", "pg_hba.conf にホスト", "pg_hba.conf の設定で",
  ]
  static let refused: [StaticString] = [" authentication failed for user ", "認証に失敗しました"]
  static let role: [StaticString] = ["role \"", "ロール\""]
  static let unknownRole: [StaticString] = [
    " does not exist", " is not permitted to log in", "は存在しません", "はログインが許可されません",
  ]
}

extension UnsafeBufferPointer<UInt8> {
  /// Behind the first of the words that stands at a place; `nil`: none does.
  func end(ofOneOf words: [StaticString], at place: Int = 0) -> Int? {
    for word in words where hasPrefix(word, at: place) { return place + word.utf8CodeUnitCount }
    return nil
  }

  /// Whether they are one of the words.
  func isOne(of words: [StaticString]) -> Bool {
    words.contains { equals($0, in: 0..<count) }
  }

  /// Whether one of the words stands in the first `limit` bytes.
  func holds(oneOf words: [StaticString], within limit: Int) -> Bool {
    (0..<Swift.min(limit, count)).contains { end(ofOneOf: words, at: $0) != nil }
  }
}
