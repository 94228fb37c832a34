internal import Estate

/// The program's own identifiers in the words of a reader.
extension DocumentStyle {
  private static let categories: [String: String] = [
    "name": "氏名", "address": "住所", "phone": "電話番号", "telephone": "電話番号", "email": "電子メールアドレス",
    "birth-date": "生年月日", "date-of-birth": "生年月日", "birthday": "生年月日", "sex": "性別", "gender": "性別",
    "bank-account": "口座情報", "card-number": "クレジットカード番号", "contract": "契約情報", "payment": "支払情報",
    "health": "健康に関する情報", "medical": "医療に関する情報", "insurance": "保険契約に関する情報",
    "insurance-policy": "保険契約に関する情報", "order-history": "購入履歴", "purchase-history": "購入履歴",
    "call-history": "応対履歴", "usage": "利用状況", "customer-id": "顧客番号", "customer-number": "顧客番号",
    "mynumber": "個人番号", "password": "パスワード", "tax": "税に関する情報", "family": "家族に関する情報",
    "employer": "勤務先", "income": "収入に関する情報", "meter-number": "供給地点・検針に関する情報",
  ]

  /// An item of personal data as it is declared; what has no common name stays as it is.
  func category(_ name: String) -> String {
    isJapanese ? Self.categories[name.lowercased().replacing("_", with: "-")] ?? name : name
  }

  private static let detectors: [String: String] = [
    "audit-silence": "監査ログの途絶", "audit-tampering": "監査ログの改変", "baseline-shift": "通常との乖離",
    "bulk-export": "短時間の大量読出し", "canary-record": "監視用記録の閲覧", "dormant-account": "休眠・離任者アカウントの使用",
    "first-access": "初めての取扱い", "heightened-watch": "照会後の重点監視", "key-range-coverage": "キー範囲の連続読出し",
    "look-up-without-call": "通話のない閲覧", "low-and-slow": "長期にわたる少量の蓄積",
    "new-identity": "新しいアカウント・端末の大量読出し",
    "owner-share": "委託元の全体に占める割合", "record-enumeration": "記録の順次読出し", "recurrence": "同様の読出しの反復",
    "scope-exceeded": "指示の範囲の超過", "service-account-misuse": "サービスアカウントの不正使用の疑い",
    "shared-account": "アカウントの共用", "shared-terminal": "端末の共用", "source-contradiction": "記録元どうしの不一致",
    "staged-removal": "段階的な持出しの疑い", "ticket-mimicry": "指示票の不自然な使用",
    "unrecognised-handling": "台帳にない組織の取扱い", "unregistered-account": "宣言されていないアカウントの読出し",
  ]

  /// A rule by its name for people, and by the name that it is looked up by.
  func detector(_ name: String) -> String {
    guard isJapanese, let known = Self.detectors[name] else { return name }
    return "\(known)(\(name))"
  }

  /// Names of MITRE ATT&CK, and what they mean here.
  private static let techniques: [String: (english: String, japanese: String)] = [
    "T1029": ("scheduled transfer", "決まった間隔での読出し"),
    "T1030": ("transfer in small parts", "上限を避ける小分けの読出し"),
    "T1048": ("copy over another protocol", "別経路での外部への複写"),
    "T1052.001": ("removable storage (USB)", "USB 記憶媒体"),
    "T1070": ("removal of traces in logs", "ログの痕跡の消去"),
    "T1074": ("data gathered before it leaves", "持出し前の集積"),
    "T1078": ("use of valid accounts", "正規のアカウントの使用"),
    "T1098": ("change of an account", "アカウントの変更"),
    "T1119": ("automated collection", "自動化された収集"),
    "T1136": ("an account made for the purpose", "目的のために作られたアカウント"),
    "T1199": ("relationship of trust, a contractor's", "委託関係を通じた取扱い"),
    "T1213": ("reading from a store of records", "データベース・業務システムからの読出し"),
  ]

  /// What a technique is called, with its number.
  func technique(_ id: String) -> String {
    guard let known = Self.techniques[id] else { return id }
    return isJapanese ? "\(known.japanese)(ATT&CK \(id))" : "\(known.english) (ATT&CK \(id))"
  }

  private static let roles: [String: String] = [
    "operator": "オペレーター", "supervisor": "スーパーバイザー", "admin": "システム管理者", "dba": "データベース管理者",
    "service": "サービスアカウント", "developer": "開発者", "reviewer": "点検者", "user": "利用者", "unknown": "不明",
  ]

  func role(_ name: String) -> String { isJapanese ? Self.roles[name] ?? name : name }
}
