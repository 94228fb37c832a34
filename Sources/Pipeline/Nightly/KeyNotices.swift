public import Storage

extension Notice {
  /// What a mail that is sent anyway says once, where the estate declares no key.
  public static let builtInKey = Self(
    .key,
    english:
      "Data subjects are hashed under the key built in, which everybody has who has the program: declare"
      + " privacy key-file in the estate file.",
    japanese: "データ主体のハッシュには、誰でも入手できる組込みの鍵が使われています。設定ファイルで privacy key-file を指定してください。"
  )

  /// Of a store with nights before the key.
  static let firstKey = Self(
    .key,
    english:
      "From this night on data subjects are hashed under the estate's own key; what was hashed before stays under"
      + " the one built in, so that a subject of both times counts as two.",
    japanese: "今夜から、データ主体のハッシュに設定ファイルの鍵を使います。これまでの分は組込みの鍵のままのため、前後にまたがる主体は 2 人と数えます。"
  )
}

extension Store {
  private static let builtInSetting = "built-in-key"

  /// What is to be said of the key, once, in a mail that is sent anyway; `nil`: nothing.
  public func builtInKeyNotice() throws(StoreError) -> Notice? {
    if try setting(Self.builtInSetting) != nil { return nil }
    if try countsUnderOwnKey() { return nil }
    return .builtInKey
  }

  public func markBuiltInKeyTold() throws(StoreError) {
    try transaction { () throws(StoreError) in try setSetting(Self.builtInSetting, "told") }
  }
}
