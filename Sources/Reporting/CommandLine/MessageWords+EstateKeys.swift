extension MessageWords {
  /// About keys and values of the estate file, and of files in YAML.
  static let ofEstateKeys = #"""
    {1} more of these are not listed; correct the ones listed first
    同様のものがほかに {1} 件あります。まずここに挙げたものを直してください

    an owner has both delivered and records (the same meaning); keep one
    委託元に delivered と records(同じ意味)の両方があります。一つにしてください

    {1} has both a field and a constant; keep one
    {1} に項目と定数の両方があります。一つにしてください

    {1} has a field and a constant; keep one
    {1} に項目と定数の両方があります。一つにしてください

    {1} has neither name nor patterns; write {2}
    {1}に名前もパターンもありません。{2} のように書いてください

    {1} has neither name nor addresses; write {2}
    {1}に名前もアドレスもありません。{2} のように書いてください

    {1} has no pattern; write {2}
    {1}にパターンがありません。{2} のように書いてください

    {1} has no match; write what logs say of it, such as {2}
    {1}に match がありません。ログに現れる文字を {2} のように書いてください

    {1} has no lines; write lines: {2}
    {1}に lines がありません。lines: {2} のように書いてください

    {1} has no {2}; write {3}: …
    {1}に {2} がありません。{3}: … と書いてください

    {1} has an empty name; write one
    {1}の名前が空です。書いてください

    {1} has an empty {2}; write {3}: …
    {1}の {2} が空です。{3}: … と書いてください

    {1} says not whose alerts it is about; write accounts: or terminals:
    {1}に、誰についてのものかがありません。accounts: または terminals: を書いてください

    {1} needs one of id and hash; write id: …
    {1}には id か hash のどちらか一つが必要です。id: … と書いてください

    {1} needs either field or const; write field: name
    {1} には field か const が必要です。field: に名前を書いてください

    {1} listens over TLS without certificate and key; write both
    {1}は証明書と鍵なしに TLS で待ち受けます。両方を書いてください

    {1} says no time; write fields: and time: with the name of a field
    {1}に時刻がありません。fields: の time: に項目名を書いてください

    {1} needs keys and values, not {2}; write key: value
    {1}にはキーと値が必要ですが、{2}です。キー: 値 の形で書いてください

    {1} has {2} as a key; write a plain word
    {1}のキーが{2}です。単純な語を書いてください

    {1} needs a single value, not {2}
    {1} は単一の値でなければなりませんが、{2}です

    {1} holds a NUL character; remove it
    {1} に NUL 文字があります。消してください

    {1} is {2}, which YAML takes for {3}; write it in quotes: {4}
    {1} の {2} を YAML は{3}とみなします。{4} のように引用符で囲んでください

    {1} of {2} is empty; write a value or remove the key
    {2}の {1} が空です。値を書くか、キーを消してください

    {1} of {2} holds an empty value; remove it
    {2}の {1} に空の値があります。消してください

    canaries holds an empty value; remove it
    canaries に空の値があります。消してください

    hash of a canary needs 16 hex digits and is not 0
    カナリアの hash は 16 桁の 16 進数で、0 ではない値にしてください

    {1} of {2} is before {3}; correct one of them
    {2}の {1} が {3} より前です。どちらかを直してください

    unknown key "{1}" in {2}; did you mean "{3}"?
    {2}にキー「{1}」はありません。「{3}」ではありませんか

    unknown key "{1}" in {2}; known: {3}
    {2}にキー「{1}」はありません。使えるキー: {3}

    unknown key "{1}" in {2}
    {2}にキー「{1}」はありません

    unknown key "{1}"; did you mean "{2}"?
    キー「{1}」はありません。「{2}」ではありませんか

    unknown key "{1}"; known: {2}
    キー「{1}」はありません。使えるキー: {2}

    {1} is not a number of bytes; write {2} or {3}
    {1} はバイト数ではありません。{2} または {3} のように書いてください

    {1} in {2} is {3}; write a whole number of records
    {1} の {2} が {3} です。件数を整数で書いてください

    {1} is no time format; write one of {2} or a pattern of {3}
    {1} は時刻の書式ではありません。{2} のいずれか、または {3} からなる書式を書いてください

    {1} is not known; write Asia/Tokyo or +09:00
    {1} は分かりません。Asia/Tokyo または +09:00 のように書いてください

    holiday "{1}" is no date; write {2} or a file
    休日「{1}」は日付ではありません。{2} のような日付か、ファイルを書いてください

    {1} of calls is longer than an hour; write 1h or less
    calls の {1} が1時間を超えています。1h 以下で書いてください

    {1} is {2}; write 2024-04-01, 2024-04-01 09:00 or RFC 3339
    {1} が {2} です。2024-04-01、2024-04-01 09:00、または RFC 3339 の形で書いてください

    {1} is {2}; write a duration such as 48h, 30m or 2d
    {1} が {2} です。48h、30m、2d のように時間の長さを書いてください

    {1} is {2}; write B, KB, KiB, MB, MiB, GB, GiB or a number
    {1} が {2} です。B、KB、KiB、MB、MiB、GB、GiB、または数を書いてください

    {1} holds {2}; write mon, mon-fri or daily
    {1} に {2} があります。mon、mon-fri、daily のように書いてください

    {1} in {2} is {3}; write a share such as 20% or 0.5%
    {1} の {2} が {3} です。20%、0.5% のように割合を書いてください

    {1} is {2}; write true or false
    {1} が {2} です。true か false を書いてください

    {1} is {2}; write a whole number of 0 or more
    {1} が {2} です。0 以上の整数を書いてください

    {1} is {2}; write a whole per cent, {3} to {4}
    {1} が {2} です。{3} から {4} までの整数の百分率を書いてください

    {1} is {2}; write {3} at most: all rows of so long are held
    {1} が {2} です。その間の行をすべて保持するため、{3} 以内で書いてください

    {1} is {2}; write a duration such as {3}
    {1} が {2} です。{3} のように時間の長さを書いてください

    {1} is {2}; write a year from {3} to {4}
    {1} が {2} です。{3} から {4} までの年を書いてください

    {1} is {2}; write one ASCII character or tab
    {1} が {2} です。ASCII の 1 文字または tab を書いてください

    {1} is {2}; write {3}
    {1} が {2} です。{3} のように書いてください

    {1} holds {2}; write {3}
    {1} に {2} があります。{3} のように書いてください

    {1} is {2}; did you mean {3}?
    {1} が {2} です。{3} ではありませんか

    {1} is {2}; known: {3}
    {1} が {2} です。使えるもの: {3}

    {1} of const is empty; write a value or remove the key
    const の {1} が空です。値を書くか、キーを消してください

    field of {1} has an empty part; write {2}
    {1} の field に空の部分があります。{2} のように書いてください

    holidays file "{1}" {2}
    休日のファイル「{1}」: {2}

    no date at the start of the line; write {1}
    行の初めに日付がありません。{1} のように書いてください

    privacy has several keys; keep one of key, key-file and key-env
    privacy に鍵が幾つもあります。key、key-file、key-env のどれか一つにしてください

    privacy key needs 32 hex digits (16 bytes); make one with: {1}
    privacy の鍵は 32 桁の 16 進数(16 バイト)です。次のように作れます: {1}

    privacy key-file "{1}" needs 32 hex digits (16 bytes); make one with: {2}
    privacy の key-file「{1}」は 32 桁の 16 進数(16 バイト)でなければなりません。次のように作れます: {2}

    privacy key-file "{1}" {2}
    privacy の key-file「{1}」: {2}

    environment variable "{1}" is not set; set it
    環境変数「{1}」がありません。設定してください

    environment variable "{1}" needs 32 hex digits (16 bytes); make one with: {2}
    環境変数「{1}」は 32 桁の 16 進数(16 バイト)でなければなりません。次のように作れます: {2}

    format "{1}" is declared in {2} already; keep one
    形式「{1}」は {2} で定義済みです。一つにしてください

    format "{1}" is no name; write small letters, digits and -
    形式「{1}」は名前になりません。小文字、数字、- で書いてください

    a field is not closed; write {1}, and {2} for a brace
    項目が閉じていません。項目は {1}、波括弧そのものは {2} と書いてください

    a brace closes no field; write {1} for a brace
    項目のない閉じ波括弧があります。波括弧そのものは {1} と書いてください

    {1} holds the rest of the line; write it last
    {1} は行の残りをすべて取ります。最後に書いてください

    nothing parts {1} from the field behind it; write a text between
    {1} と次の項目を分けるものがありません。間に文字を書いてください

    a template is one line
    ひな形は 1 行です

    a field has no kind {1}; known: {2}
    項目に「{1}」という種類はありません。使える種類: {2}

    the field {1} stands twice; name one of them otherwise
    項目「{1}」が 2 回あります。片方の名を変えてください

    pairs have names of their own; write {1}
    pairs の項目にはそれぞれの名があります。{1} と書いてください

    a template has no field; write {1}
    ひな形に項目がありません。{1} のように書いてください

    {1} has {2} templates; 64 at most
    {1} にひな形が {2} 個あります。64 個までです

    declares no format; write lines: and fields:
    形式の定義がありません。lines: と fields: を書いてください

    times without a year are read in the year of the source; write year: in the source
    年のない時刻はログ元の年として読みます。ログ元に year: を書いてください

    {1} has {2} templates; {3} at most
    {1} の雛形が {2} 個あります。{3} 個までにしてください

    no template has the field "{1}"
    項目「{1}」のある雛形がありません

    is a folder; name a file
    フォルダーです。ファイルを指定してください

    is larger than {1} MiB; split it
    {1} MiB を超えています。分けてください

    cannot be read ({1}); correct the path
    読めません({1})。パスを直してください

    cannot be read ({1}); grant the right to read it
    読めません({1})。読む権限を与えてください

    cannot be read ({1}); check the file
    読めません({1})。ファイルを確かめてください

    is empty; write the secret in it
    空です。秘密の値を書いてください

    is not UTF-8; save the file as UTF-8
    UTF-8 ではありません。UTF-8 で保存してください

    holds a control character; remove it
    制御文字があります。消してください

    not YAML: found another document ({1}); remove the second document (after ---)
    YAML として読めません: 二つ目の文書があります({1})。--- より後を消してください

    not YAML: the {1} in column {2} is not closed; close it
    YAML として読めません: {2} 桁目の {1} が閉じていません。閉じてください

    not YAML: {1}; remove the character
    YAML として読めません: {1}。その文字を消してください

    not YAML: {1}; put a value that starts with * in quotes
    YAML として読めません: {1}。* で始まる値は引用符で囲んでください

    not YAML: {1}; indent with spaces, not tabs, and put a value that starts with such a sign in quotes
    YAML として読めません: {1}。字下げにはタブではなく空白を使い、そのような記号で始まる値は引用符で囲んでください

    not YAML: {1}; correct the indentation or the quotes there
    YAML として読めません: {1}。そこの字下げか引用符を直してください

    has over {1} anchors ({2}); write the values out
    アンカー({2})が {1} 個を超えています。値をそのまま書いてください

    holds over {1} values with aliases expanded; write fewer aliases
    別名を展開すると値が {1} 個を超えます。別名を減らしてください

    is nested too deeply; write it flatter
    入れ子が深すぎます。浅く書いてください

    not enough memory to read it; split it
    読むためのメモリーが足りません。分けてください

    is no mapping; write reporter:, incidents: or quarters:
    キーと値の形ではありません。reporter:、incidents:、quarters: のいずれかを書いてください

    write a mapping from the id to what is known
    ID ごとに、分かっていることをキーと値で書いてください

    write a text or a list of texts
    文、または文の並びを書いてください

    each entry has the keys {1}
    各項目のキーは {1} です

    no quarter; write {1}
    四半期ではありません。{1} のように書いてください

    write keys and values
    キーと値を書いてください

    write true or false
    true か false を書いてください

    write one text
    文を一つ書いてください

    write a list
    並びを書いてください

    a truth value
    真偽値

    a whole number
    整数

    a number
    数

    a date
    日付

    a list
    並び

    keys and values
    キーと値

    nothing
    空

    a source
    ログ元

    an owner
    委託元

    a dataset
    データセット

    an account
    アカウント

    a person
    人物

    a terminal
    端末

    an organisation
    組織

    a delegation
    委託の登録

    a device
    媒体

    a format
    形式

    a job
    定例処理

    a sink
    通知先

    a ticket register
    指示の台帳

    a ticket
    指示

    an exception
    例外

    an inquiry
    照会

    a canary
    カナリア

    the estate
    環境定義
    """#
}
