extension MessageWords {
  /// About the estate file: what `check` says of it.
  ///
  /// What is told most exactly is looked for first.
  static let ofEstate = #"""
    format "{1}" has the name of a built-in one; name it otherwise
    形式「{1}」は組込みの形式と同じ名前です。別の名前にしてください

    source "{1}" has the unknown format "{2}"; did you mean "{3}"?
    ログ元「{1}」の形式「{2}」はありません。「{3}」ではありませんか

    source "{1}" has the unknown format "{2}"; known: {3}
    ログ元「{1}」の形式「{2}」はありません。使える形式: {3}

    source "{1}" has the unknown format "{2}"
    ログ元「{1}」の形式「{2}」はありません

    source "{1}": path "{2}" matches no file; correct or remove it
    ログ元「{1}」: パス「{2}」に合うファイルがありません。直すか、消してください

    source "{1}" has fields and no paths, so that files whose own field names tell nothing are not taken for it; write paths
    ログ元「{1}」に fields があって paths がないため、項目名から分からないファイルはこのログ元とみなされません。paths を書いてください

    source "{1}" states operations that its fields give no meaning: {2}; write them under fields: operation: values
    ログ元「{1}」の操作に、fields で意味が宣言されていない語があります: {2}。fields の operation に values として書いてください

    source "{1}" states no volume in {2} of {3} reads; {4}
    ログ元「{1}」は {3} 回の読出しのうち {2} 回で件数・量を記していません。{4}

    set pgaudit.log_rows = on (and pgaudit.log_relation = on)
    pgaudit.log_rows = on(と pgaudit.log_relation = on)を設定してください

    server_audit cannot state them: declare the size of the datasets, or add the slow log
    server_audit には書けません。データセットの件数を定義するか、スローログを加えてください

    map records or bytes under fields, or have the application log them
    fields に records または bytes を対応付けるか、アプリケーションに記録させてください

    switch it on where the log is written (PostgreSQL: pgaudit.log_rows = on), or declare the size of the datasets it reads
    記録する側で件数を有効にする(PostgreSQL: pgaudit.log_rows = on)か、読まれるデータセットの件数を定義してください

    declare the size of the datasets it reads
    読まれるデータセットの件数を定義してください

    owner "{1}" has no size, so shares of its set cannot be judged; write delivered: records
    委託元「{1}」に件数がないため、全体に対する割合を判定できません。delivered: に件数を書いてください

    owner "{1}" has no bytes-per-record, so volumes known only in bytes are judged by 200 a record; write bytes-per-record: {2}
    委託元「{1}」に bytes-per-record がないため、バイト数しか分からない量は1件200バイトとして判定します。bytes-per-record: {2} のように書いてください

    dataset "{1}": "{2}" is of "{3}" too (line {4}); keep it in one of them
    データセット「{1}」: 「{2}」は「{3}」({4} 行目)にもあります。どちらか一方だけに書いてください

    terminal "{1}": "{2}" is of "{3}" too (line {4}); keep it in one of them
    端末「{1}」: 「{2}」は「{3}」({4} 行目)にもあります。どちらか一方だけに書いてください

    source "{1}": "{2}" is of "{3}" too (line {4}); keep it in one of them
    ログ元「{1}」: 「{2}」は「{3}」({4} 行目)にもあります。どちらか一方だけに書いてください

    dataset "{1}" names no owner, so its records count as owner unknown; write owner: name
    データセット「{1}」に委託元がないため、委託元不明として数えます。owner: に委託元名を書いてください

    dataset "{1}": owner "{2}" is not declared; add it to owners
    データセット「{1}」: 委託元「{2}」は定義されていません。owners に加えてください

    ticket "{1}": approver "{2}" is no declared account or person, so whether it is the executor cannot be told; add it to accounts
    指示「{1}」: 承認者「{2}」は定義されたアカウントにも人物にもなく、実施者と同じかどうか分かりません。accounts に加えてください

    ticket "{1}" is approved by its executor "{2}"; have another person approve it
    指示「{1}」は実施者「{2}」自身が承認しています。別の者が承認してください

    ticket "{1}": executor "{2}" is no declared account or person; add it to accounts
    指示「{1}」: 実施者「{2}」は定義されたアカウントにも人物にもありません。accounts に加えてください

    ticket "{1}" names neither requester nor approver, so it covers nothing; enter who asked and who approved
    指示「{1}」に依頼者も承認者もないため、何の根拠にもなりません。依頼者と承認者を記入してください

    ticket "{1}" names no approver, though its register does, so it covers nothing; enter who approved
    指示「{1}」に承認者がなく(台帳には欄があります)、何の根拠にもなりません。承認者を記入してください

    ticket "{1}" names no executor, though its register does, so it covers nobody who can reach the database; enter the executor
    指示「{1}」に実施者がなく(台帳には欄があります)、データベースに届く者の根拠になりません。実施者を記入してください

    ticket "{1}" covers the records of every owner; name the owners if it is about some of them
    指示「{1}」はすべての委託元の記録に及びます。一部の委託元についてのものなら、その委託元を記入してください

    ticket "{1}" names no owner and {2}, so it covers only reads that state its number; write owner
    指示「{1}」に委託元がなく、{2}。指示番号を記した読出しの根拠にしかなりません。owner を書いてください

    no executor
    実施者もありません

    no end
    終わりもありません

    ticket "{1}" states no limit, so it explains any number of records; write most-records
    指示「{1}」に上限がなく、何件でも根拠があることになります。most-records を書いてください

    ticket "{1}": most records is "{2}", taken as not stated; write a number
    指示「{1}」: 上限件数「{2}」は記載なしとして扱います。数を書いてください

    ticket "{1}": most records is "{2}", taken as 0; write a number
    指示「{1}」: 上限件数「{2}」は数として読めないため 0 件として扱います。数を書いてください

    ticket "{1}": opened is "{2}"; write a date; the line is left out
    指示「{1}」: 開始日時「{2}」が読めません。日付を書いてください。この行は読みません

    ticket "{1}": no opened; write a date; the line is left out
    指示「{1}」: 開始日時がありません。日付を書いてください。この行は読みません

    ticket "{1}": {2} is "{3}"; write a date; the line is left out
    指示「{1}」: {2} の「{3}」が読めません。日付を書いてください。この行は読みません

    ticket "{1}" was there before; the line is left out
    指示「{1}」は前にもあります。この行は読みません

    ticket "{1}" closes before it opens; the line is left out
    指示「{1}」は始まる前に終わっています。この行は読みません

    ticket names owner "{1}", who is not declared; add it to owners
    指示の委託元「{1}」は定義されていません。owners に加えてください

    ticket is requested by "{1}", which is not declared; add it to organisations
    指示の依頼者「{1}」は定義されていません。organisations に加えてください

    ticket files "{1}": none found; correct the path
    指示のファイル「{1}」が見つかりません。パスを直してください

    ticket file "{1}" is neither UTF-8 nor CP932 nor EUC-JP; save it as UTF-8
    指示のファイル「{1}」は UTF-8、CP932、EUC-JP のいずれでもありません。UTF-8 で保存してください

    ticket file "{1}" {2}
    指示のファイル「{1}」: {2}

    a ticket register has no file; write file: {1}
    指示の台帳にファイルがありません。file: {1} のように書いてください

    no column "{1}" for {2}; correct fields
    {2} に当たる列「{1}」がありません。fields を直してください

    no column for id and opened among "{1}"; name them under fields: in {2}
    列「{1}」に id と opened に当たるものがありません。{2} の fields: で指定してください

    quotes are not closed; the line is left out
    引用符が閉じていません。この行は読みません

    has {1} columns, the header {2}; left out
    列が {1} 個ありますが、見出しは {2} 個です。この行は読みません

    is no JSON object; the line is left out
    JSON のオブジェクトではありません。この行は読みません

    {1} more lines with such faults; correct the ones listed
    同様の誤りがほかに {1} 行あります。ここに挙げたものを直してください

    has no id; the line is left out
    id がありません。この行は読みません

    job "{1}" names no account, so it covers nothing but what its terminal sends; write account:
    定例処理「{1}」にアカウントがなく、その端末が送るもの以外の根拠になりません。account: を書いてください

    job "{1}" names no account, so it covers nothing; write account:
    定例処理「{1}」にアカウントがなく、何の根拠にもなりません。account: を書いてください

    job "{1}" has a window of {2} hours: it bounds nothing, and covers no account of a person; write when the job runs
    定例処理「{1}」の window は {2} 時間に及び、範囲の限定にならず、個人のアカウントの根拠になりません。実行する時間帯を書いてください

    job "{1}" has no {2}, so it covers whoever reads along under its account; write {3}
    定例処理「{1}」に {2} がなく、同じアカウントで読む者すべての根拠になります。{3} を書いてください

    window and no most-records
    window と most-records

    window and most-records
    window と most-records の両方

    job "{1}": account "{2}" matches no declared account; add it to accounts
    定例処理「{1}」: アカウント「{2}」は定義されたどのアカウントにも合いません。accounts に加えてください

    job "{1}" would explain whatever "{2}", no service account, reads; write {3}
    定例処理「{1}」は、サービス用でないアカウント「{2}」の読出しをすべて正当とします。{3} を書いてください

    job "{1}": account "{2}" also matches "{3}", no service account; it covers service accounts alone; name them, or write {4}
    定例処理「{1}」: アカウント「{2}」はサービス用でない「{3}」にも合いますが、根拠になるのはサービス用アカウントだけです。アカウントを名指しするか、{4} を書いてください

    exception "{1}" covers nothing before {2}: an exception lasts {3} days at most; write from: that day, or an exception for each time
    例外「{1}」は {2} より前には効きません。例外は最長 {3} 日です。from: をその日にするか、期間ごとに例外を書いてください

    exception "{1}" names the unknown detector "{2}"; did you mean "{3}"?
    例外「{1}」の規則「{2}」はありません。「{3}」ではありませんか

    exception "{1}" names the unknown detector "{2}"; known: {3}
    例外「{1}」の規則「{2}」はありません。使える規則: {3}

    exception "{1}" would hide all that the privileged account "{2}" reads, a thief's best cover; name the owners it is about, at most half of them
    例外「{1}」は特権アカウント「{2}」の読出しをすべて隠し、持出しの隠れ蓑になります。対象の委託元を半数以内で名指ししてください

    exception "{1}" would hide all that the privileged account "{2}" reads, a thief's best cover; name the owners it is about
    例外「{1}」は特権アカウント「{2}」の読出しをすべて隠し、持出しの隠れ蓑になります。対象の委託元を名指ししてください

    exception "{1}" has a ceiling of {2}, more than all {3} records of its owners: nothing would pierce it; give the number that is answered for
    例外「{1}」の上限 {2} 件は対象委託元の全 {3} 件を超え、超過が起こりません。責任を負う件数を書いてください

    no register of delegations, so organisations are not compared with it; write delegations:
    委託の台帳がないため、組織を照合しません。delegations: を書いてください

    organisation "{1}" has no entry in the register of delegations; add one for each owner it handles
    組織「{1}」は委託の台帳にありません。取り扱う委託元ごとに加えてください

    organisation "{1}" works for itself; correct works-for
    組織「{1}」が自らの委託先になっています。works-for を直してください

    organisation "{1}" works for one that works for it ({2}); correct works-for
    組織「{1}」の委託関係が一巡しています({2})。works-for を直してください

    terminal "{1}" matches nothing in the logs; correct or remove it
    端末「{1}」に合うものがログにありません。直すか、消してください

    account pattern "{1}" matches nothing in the logs; correct or remove it
    アカウントのパターン「{1}」に合うものがログにありません。直すか、消してください

    dataset pattern "{1}" matches nothing in the logs; correct or remove it
    データセットのパターン「{1}」に合うものがログにありません。直すか、消してください

    person "{1}" of a terminal has no account; add person: to one
    端末の使用者「{1}」にアカウントがありません。いずれかのアカウントに person: を加えてください

    person "{1}" has no account; add person: to one
    人物「{1}」にアカウントがありません。いずれかのアカウントに person: を加えてください

    {1} is there twice (first in line {2}); keep one
    {1} が 2 度あります(最初は {2} 行)。一つにしてください

    {1} "{2}" is declared twice (first in line {3}); keep one
    {1}「{2}」が 2 度定義されています(最初は {3} 行)。一つにしてください

    account "{1}" is declared twice for the same time (first in line {2}); keep one or write valid-from and valid-until
    アカウント「{1}」が同じ期間に 2 度定義されています(最初は {2} 行)。一つにするか、valid-from と valid-until を書いてください

    account "{1}" is named twice in one entry; keep one
    アカウント「{1}」が一つの定義に 2 度あります。一つにしてください

    {1} "{2}" (in {3}) is not declared; did you mean "{4}"?
    {1}「{2}」({3} の中)は定義されていません。「{4}」ではありませんか

    {1} "{2}" (in {3}) is not declared; add it to {4}
    {1}「{2}」({3} の中)は定義されていません。{4} に加えてください

    address "{1}" is no CIDR block; write {2}
    アドレス「{1}」は CIDR ではありません。{2} のように書いてください

    {1} stands at the top and under authorisations; keep one
    {1} が最上位と authorisations の両方にあります。一つにしてください

    format {1} is no name; write small letters, digits and -
    形式の名前 {1} は使えません。英小文字、数字、- で書いてください

    holiday {1} is no date; write 2024-04-29 or a file
    休日 {1} は日付ではありません。2024-04-29 のような日付か、ファイルを書いてください

    extension {1} belongs to an entry that means several accounts or persons; write it at each account, or at a terminal
    内線 {1} のある項目は、複数のアカウントまたは人物を指しています。アカウントごと、または端末に書いてください

    log-line-prefix holds a % that begins no escape; write it as postgresql.conf has it
    log-line-prefix に、意味のない % があります。postgresql.conf のとおりに書いてください

    log-line-prefix states no time; without %m, %t or %n its lines cannot be dated
    log-line-prefix に時刻がありません。%m、%t、%n のいずれもなければ、行の日時が分かりません

    {1} holds {2}; write the name alone, such as X-Remote-User
    {1} に {2} があります。X-Remote-User のように名前だけを書いてください

    listen is {1}; write udp://192.0.2.1:514, tcp:// or tls://address:port
    listen が {1} です。udp://192.0.2.1:514、tcp://、または tls://アドレス:ポート の形で書いてください
    """# + "\n\n" + ofEstateKeys
}
