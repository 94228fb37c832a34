/// What commands print that write no report: each line in English, under it the same in Japanese; `{1}` stands for
/// a value.
///
/// Names, ids and what machines read (tables as CSV and JSON Lines) are left as they are.
enum OutputWords {
  static let pairs = [ofStore, ofMarks, ofDetectors, ofSummaries, ofProbes, ofFormats].joined(
    separator: "\n\n"
  )

  private static let ofStore = #"""
    {1} piece[|s], {2} bytes: as they were; {3} not; {4} log[|s] gone
    封印 {1} 件・{2} バイト: 封印時のまま。不一致 {3} 件、見当たらないログ {4} 件

    NO MATCH  {1}
    不一致    {1}

    gone      {1}
    不在      {1}

    decided   {1}
    判断済み  {1}

    decided; write down its head: ometsuke verify --expect {1}
    記録しました。先頭を控えてください: ometsuke verify --expect {1}

    unsealed  {1}
    未封印    {1}

    by watch  {1}
    追跡封印  {1}

    {1}: {2} byte[|s] sealed by a watch, in the chain with its next night
    {1}: {2} バイトは追跡が封印済み。連鎖には次の夜に加わります

    {1}: {2} byte[|s] taken by a watch and not sealed yet
    {1}: 追跡が読み取った {2} バイトはまだ封印されていません

    {1}: cut short, as night {2} met; {3} piece[|s] of {4} bytes; incident {5} decided {6} by {7}
    {1}: 切り詰められています(第{2}夜に検知)。封印 {3} 件・{4} バイト。事案 {5} は {7} が {6} と判断

    {1}: not what was sealed, as night {2} met; {3} piece[|s] of {4} bytes; incident {5} decided {6} by {7}
    {1}: 封印した内容と異なります(第{2}夜に検知)。封印 {3} 件・{4} バイト。事案 {5} は {7} が {6} と判断

    {1}: cut short, as night {2} met; {3} piece[|s] of {4} bytes; incident {5}
    {1}: 切り詰められています(第{2}夜に検知)。封印 {3} 件・{4} バイト。事案 {5}

    {1}: not what was sealed, as night {2} met; {3} piece[|s] of {4} bytes; incident {5}
    {1}: 封印した内容と異なります(第{2}夜に検知)。封印 {3} 件・{4} バイト。事案 {5}

    the chains: {1} link[|s], and not those that were written ({2})
    連鎖: 記録は {1} 件ありますが、書き込まれたもの({2} 件)ではありません

    anchor    {1}
    基点      {1}

    head      {1}  night {2}  {3}
    先頭      {1}  第{2}夜  {3}

    no chain leads through the head {1}
    {1} を通る連鎖がありません

    log {1}, byte {2}: its seal is not the one in the chain
    ログ {1}・バイト {2}: 封印が連鎖のものと違います

    log {1}, byte {2}: its seal is gone from the store
    ログ {1}・バイト {2}: 封印がストアから失われています

    chain of {1}: broken at night {2}
    {1} の連鎖: 第{2}夜で切れています

    chain of {1}, {2}: a link of another chain that stood before it is gone or another
    {1} の連鎖・{2}: それより前にあった別の連鎖の記録が失われたか、別のものです

    chain of {1}, night {2}: a line is damaged
    {1} の連鎖・第{2}夜: 壊れた行があります

    chain of {1}, night {2}: what it says of {3} does not follow from what stood before
    {1} の連鎖・第{2}夜: {3} の内容が、それまでの内容とつながりません

    {1}: gone since night {2}; {3} piece[|s] of {4} bytes
    {1}: 第{2}夜から見当たりません。封印 {3} 件・{4} バイト

    {1}: gone, moved since the last night; {2} piece[|s] of {3} bytes
    {1}: 前回の夜間実行の後に移されました。封印 {2} 件・{3} バイト

    {1}: bytes {2} to {3}, sealed by a watch, are missing
    {1}: バイト {2}〜{3}(追跡が封印)がありません

    {1}: bytes {2} to {3}, sealed by a watch, are not what they were
    {1}: バイト {2}〜{3}(追跡が封印)が封印時と異なります

    {1}: bytes {2} to {3}, sealed on night {4}, are missing
    {1}: バイト {2}〜{3}(第{4}夜に封印)がありません

    {1}: bytes {2} to {3}, sealed on night {4}, are not what they were
    {1}: バイト {2}〜{3}(第{4}夜に封印)が封印時と異なります

    {1}: no token
    {1}: タイムスタンプなし

    {1}: its token is over something else
    {1}: タイムスタンプが別のものに対するものです

    {1}: token not verified; name the authority's certificates by --tsa-ca
    {1}: タイムスタンプは未検証。--tsa-ca で認証局の証明書を指定してください

    {1}: token not verified; openssl is not installed
    {1}: タイムスタンプは未検証。openssl がありません

    {1}: token verified, {2}
    {1}: タイムスタンプを検証しました、{2}

    {1}: token not valid: {2}
    {1}: タイムスタンプが無効です: {2}

    {1}  anchor of night {2}, {3}
    {1}  第{2}夜の基点、{3}

    token kept, not verified: name the authority's certificates by --tsa-ca
    タイムスタンプを保存しました(未検証)。--tsa-ca で認証局の証明書を指定してください

    token kept, verified: {1}
    タイムスタンプを保存し、検証しました: {1}

    kept under key {1}, {2}; older copies need the old one
    鍵 {1} で保存しました、{2}。古い控えには古い鍵が必要です

    the store is whole
    ストアに異常はありません

    the ledger is empty
    台帳は空です

    {1} day[|s] before {2} dropped
    {2} より前の {1} 日分を削除しました

    store      {1}, {2} bytes
    ストア     {1}、{2} バイト

    nights     none has come to its end
    夜間実行   完了したものはありません

    nights     {1}, the last {2} of {3}
    夜間実行   {1} 回、最新は第{2}夜({3})

    settled    up to {1}
    確定       {1} まで

    logs       {1}, {2} of them gone, {3} bytes read
    ログ       {1} 件、うち見当たらないもの {2} 件、読込み {3} バイト

    subjects   hashed under a key of the estate's own
    個人の識別 環境定義で指定した鍵でハッシュ化

    subjects   hashed under the key built in, which everybody has: declare privacy key-file
    個人の識別 誰もが持つ組込みの鍵でハッシュ化(privacy の key-file を指定してください)

    ledger     {1} to {2}
    台帳       {1} から {2} まで

    table      {1}: {2} rows
    表         {1}: {2} 行

    incident   {1}, withdrawn on night {2}
    事案       {1}、第{2}夜に取下げ

    incident   {1}, records unknown, nights {2}–{3}
    事案       {1}、件数不明、第{2}夜〜第{3}夜

    incident   {1}, records up to {2}, nights {3}–{4}
    事案       {1}、件数 最大 {2}、第{3}夜〜第{4}夜

    incident   {1}, records {2} or more, nights {3}–{4}
    事案       {1}、件数 {2} 以上、第{3}夜〜第{4}夜

    incident   {1}, records {2}–{3}, nights {4}–{5}
    事案       {1}、件数 {2}〜{3}、第{4}夜〜第{5}夜

    incident   {1}, records {2}, nights {3}–{4}
    事案       {1}、件数 {2}、第{3}夜〜第{4}夜

    rules      {1}, night {2}, {3} ({4}): {5} line[|s], first kept
    規則       {1}、第{2}夜、{3}({4}): {5} 行、初回の記録

    rules      {1}, night {2}, {3} ({4}):
    規則       {1}、第{2}夜、{3}({4}):

    decision   {1}
    判断       {1}

    MISSING   {1} line {2}: {3}
    欠落      {1} {2} 行目: {3}

    its bytes are not those that were hashed
    ハッシュ時と内容が異なります

    its log is gone, or ends before it
    ログがないか、途中で終わっています

    never hashed: it could not be read again when it was found
    検知時に再読できず、ハッシュがありません

    {1} of {2} line[|s] in {3}
    {3} に {2} 行のうち {1} 行

    {1} event[|s] of {2} day[|s] in {3} file[|s], {4} MB before compression
    {2} 日分の操作 {1} 件、ファイル {3} 個、圧縮前 {4} MB
    """#

  private static let ofFormats = #"""
    no format claims it: a scan counts its lines as not understood
    該当する形式がありません。読込みでは「解読不能」として数えます

    {1}: empty
    {1}: 空です

    {1}: not compressed, {2}
    {1}: 無圧縮、{2}

    {1} of {2} lines are objects with {3}
    {2} 行のうち {1} 行が {3} を持つオブジェクト

    {1} of {2} lines are JSON objects, but no field of a known name holds a time
    {2} 行のうち {1} 行が JSON オブジェクトですが、時刻を持つ既知の名前の項目がありません

    {1} of {2} lines are JSON objects, with a time in {3} and who in {4}
    {2} 行のうち {1} 行が JSON オブジェクト(時刻は {3}、利用者は {4})

    {1} of {2} lines are JSON objects, {3}
    {2} 行のうち {1} 行が JSON オブジェクト({3})

    {1} of {2} lines {3}
    {2} 行のうち {1} 行が合致({3})

    {1} of {2} records {3}
    {2} 件のうち {1} 件が合致({3})

    {1} of {2} messages {3}
    {2} 件のうち {1} 件が合致({3})

    {1} of {2} entries {3}
    {2} 件のうち {1} 件が合致({3})

    {1} of {2} headers {3}
    見出し {2} 行のうち {1} 行が合致({3})

    {1}, and records of as many columns
    {1}、列数も一致

    a header with {1}
    {1} を含む見出し行

    no header with {1}
    {1} を含む見出し行がありません

    no line to judge
    判定できる行がありません

    no record to judge
    判定できる記録がありません

    no line is a JSON object
    JSON オブジェクトの行がありません

    fewer than two records
    記録が 2 件未満です

    records differ in their number of fields
    記録ごとに項目の数が異なります

    the first record starts like JSON
    最初の記録が JSON のように始まります

    its templates are not known here
    型が分かりません

    no #fields line
    #fields 行がありません

    no <AUDIT_RECORD
    <AUDIT_RECORD がありません

    no <AuditRecord>
    <AuditRecord> がありません

    no time before a line with LENGTH
    LENGTH の行の前に時刻がありません

    Fields:
    項目:

    First events:
    最初の操作:

    Of {1} line[|s] {2} [are events|is an event], {3} [fit|fits] no template; times without a zone are taken as UTC.
    {1} 行のうち {2} 行を操作として読み、{3} 行はどの型にも合いません。時間帯のない時刻は UTC として扱います。

    Of {1} line[|s] {2} [are events|is an event], {3} [fit|fits] no template.
    {1} 行のうち {2} 行を操作として読み、{3} 行はどの型にも合いません。

    line {1} fits no template from byte {2} on
    {1} 行目は {2} バイト目からどの型にも合いません
    """#
}

extension CommandWords {
  static let outputs = templates(of: OutputWords.pairs)

  /// Lines that a command prints, in Japanese; as they are, where there is none.
  ///
  /// Their indent is left.
  public static func japanese(ofOutput text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let rest = line.drop { $0 == " " }
      return line.prefix(line.count - rest.count) + (output(rest) ?? String(rest))
    }.joined(separator: "\n")
  }

  static func output(_ text: Substring) -> String? {
    for template in outputs {
      guard let values = template.values(in: text) else { continue }
      // What follows the first word of a line may be a sentence of its own.
      return template.japanese(with: values.map { output($0) ?? String($0) })
    }
    return nil
  }
}
