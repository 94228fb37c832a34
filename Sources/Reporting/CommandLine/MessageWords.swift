/// Messages to whoever called: each in English, under it the same in Japanese; `{1}` stands for a value.
///
/// What stands before a message (a path, an option and a colon) is left as it is.
enum MessageWords {
  static let pairs =
    ofStore + "\n\n" + ofReading + "\n\n" + ofCommands + "\n\n" + ofEstate

  private static let ofCommands = #"""
    {1} reads it: {2}; --anyway proposes another
    {1} で読めます: {2}。--anyway を付けると別の形式を提案します

    is there already; remove it, or name another file
    すでにあります。削除するか、別のファイル名を指定してください

    no line has a time that is known; nothing to propose
    時刻の分かる行がないため、提案できるものがありません

    taken for a log; name the estate file with -c {1}
    ログとして扱われました。環境定義ファイルは -c {1} で指定してください

    Missing expected argument '{1}'
    引数 '{1}' がありません

    Missing value for '{1}'
    '{1}' の値がありません

    Missing one of: {1}
    次のいずれかが必要です: {1}

    The value '{1}' is invalid for '{2}'
    値 '{1}' は '{2}' に使えません

    The value '{1}' is invalid for '{2}': {3}
    値 '{1}' は '{2}' に使えません: {3}

    Unexpected argument '{1}'
    余分な引数 '{1}' があります

    {1} unexpected arguments: {2}
    余分な引数が {1} 個あります: {2}

    Unknown option '{1}'. Did you mean '{2}'?
    オプション '{1}' はありません。'{2}' ではありませんか

    Unknown option '{1}'
    オプション '{1}' はありません

    The option '{1}' does not take any value, but '{2}' was specified.
    オプション '{1}' は値を取りませんが、'{2}' が指定されています

    {1} (see ometsuke --help)
    {1}(ometsuke --help を参照)

    {1} (see ometsuke {2} --help)
    {1}(ometsuke {2} --help を参照)

    no path given: name files, folders, or -
    パスがありません: ファイル、フォルダー、または - を指定してください

    no path given, and the estate file declares none for its sources
    パスがなく、環境定義ファイルのログ元にもパスの定義がありません

    give a number from {1} to {2}
    {1} から {2} までの数を指定してください

    give a number of hours from {1} to {2}
    {1} から {2} までの時間数を指定してください

    not a time; write {1}
    時刻ではありません。{1} のように書いてください

    not a day; write {1}
    日付ではありません。{1} のように書いてください

    no quarter; write {1}
    四半期ではありません。{1} のように書いてください

    --from {1} is not before --to {2}: no event lies between them
    --from {1} が --to {2} より前ではないため、その間にイベントがありません

    --from is not before --to: no day lies between them
    --from が --to より前ではないため、その間に日がありません

    --detectors: none is named; there are {1}
    --detectors: 検出器の名がありません。使えるもの: {1}

    no such detector; there are {1}
    その検出器はありません。使えるもの: {1}

    give both, english (en) or japanese (ja)
    both、english (en)、japanese (ja) のいずれかを指定してください

    give english or japanese
    english または japanese を指定してください

    a line is in one; give english or japanese
    1 行は一つの言語です。english または japanese を指定してください

    give informational, low, medium, high, critical or never
    informational、low、medium、high、critical、never のいずれかを指定してください

    give informational, low, medium, high or critical
    informational、low、medium、high、critical のいずれかを指定してください

    there are {1} and {2}
    使えるものは {1}、{2} です

    there are {1}
    使えるものは {1} です

    a named pipe; waiting until something writes to it
    名前付きパイプです。書き込まれるのを待っています

    cannot be written: {1}
    書けません: {1}

    cannot be read
    読めません

    cannot be read: {1}
    読めません: {1}

    holds no subject
    本人が一人も書かれていません

    no estate file: name one with -c, or write ./ometsuke.yml
    環境定義ファイルがありません: -c で指定するか、./ometsuke.yml を作ってください

    the store knows no day of that period; run ometsuke nightly first
    ストアにはその期間の日がありません。先に ometsuke nightly を実行してください

    more than 160 years are asked for; give --from and --to
    160 年を超える期間です。--from と --to を指定してください

    no owner of that name is declared, and no log told of it
    その名の委託元は定義されておらず、ログにもありません

    give a text of at most 4096 bytes
    4096 バイト以内の文を指定してください

    version {1} was issued at {2}, which is later than now: set the clock right
    第 {1} 版の発行日時 {2} が現在より後です。時計を合わせてください

    the annex is not for the owner; issue the answer without it
    別紙は委託元に渡すものではありません。別紙なしで発行してください

    remembers no finding or incident {1}
    検出結果または事案 {1} はありません

    the store remembers no finding or incident {1}
    検出結果または事案 {1} はストアにありません

    no finding or incident {1} in these logs with this estate file
    このログと環境定義ファイルでは、検出結果または事案 {1} はありません

    --from, --to, --threads and --detectors go with paths
    --from、--to、--threads、--detectors はパスとともに使います

    give paths or --store, not both
    パスと --store のどちらか一方を指定してください

    name with --examiner the person who has confirmed it
    確認した人を --examiner で指定してください

    the estate has no privacy key, so that no night kept whose records were opened
    環境に privacy の鍵がないため、誰の記録が開かれたかはどの夜にも残っていません

    no incident of that id concerns this owner within the period
    その ID で期間内にこの委託元に関わる事案はありません

    --table: only csv and xlsx are tables
    --table: 表として書くのは csv と xlsx だけです

    name a file with --output
    --output でファイルを指定してください

    a spreadsheet needs libxlsxwriter (Debian: apt-get install libxlsxwriter4)
    表計算ファイルには libxlsxwriter が必要です(Debian: apt-get install libxlsxwriter4)

    no such store; the first night makes it
    そのストアはありません。最初の夜間実行が作ります

    no such table; there are {1}
    その表はありません。使えるもの: {1}

    the report says nothing of {1}: not written
    報告書に {1} の記載がないため、作りませんでした

    --issue: say with --by who issues it
    --issue: 発行者を --by で指定してください

    --by and --reason go with --issue
    --by と --reason は --issue とともに使います

    --owner and --each-owner: give one of them
    --owner と --each-owner はどちらか一方を指定してください

    --scan: only the store keeps versions, and writes for each owner
    --scan: 版の管理と委託元ごとの作成はストアからだけできます

    --each-owner: name the folder with --output
    --each-owner: フォルダーを --output で指定してください

    tells of no such incident
    その事案はありません

    incident {1} does not concern this owner
    事案 {1} はこの委託元に関わりません

    the estate file names no privacy key-file: a key lies in a file of its own
    環境定義ファイルに privacy の key-file がありません。鍵は専用のファイルに置きます

    nothing was judged: all {1} events lie outside --from and --to
    何も判定しませんでした: {1} イベントがすべて --from と --to の外にあります

    nothing was read: there is no line in any of the inputs
    何も読みませんでした: 入力に行が一つもありません

    {1} could not be decoded as {2}
    {1} を {2} として読めません

    --years or --days, not both
    --years と --days はどちらか一方を指定してください

    --years: 1 to 100
    --years: 1 から 100 まで

    --days: 7 to 36600
    --days: 7 から 36600 まで

    --accounts: 20 to 20000
    --accounts: 20 から 20000 まで

    {1} is no date from 1970-01-01 to 2100-12-31
    {1} は 1970-01-01 から 2100-12-31 までの日付ではありません

    --compress: none, gz or zst
    --compress: none、gz、zst のいずれか

    names nothing; write all, none or a list
    何も指定されていません。all、none、または一覧を書いてください

    {1} is not one of {2} to {3}
    {1} は {2} から {3} までのいずれでもありません

    --until goes with --as legitimate, and with nothing else
    --until は --as legitimate のときだけ使います

    --as legitimate: name with --until the last day on which that holds: nothing is for ever
    --as legitimate: 正当とする最後の日を --until で指定してください(無期限にはできません)

    --of goes with --as duplicate, and with nothing else
    --of は --as duplicate のときだけ使います

    --as duplicate: name with --of the incident that it repeats
    --as duplicate: 重複の元となる事案を --of で指定してください

    that day is over; name one to come
    その日は過ぎています。これからの日を指定してください

    is empty; give a text
    空です。文を指定してください

    remembers no incident
    事案はまだありません

    --of: an incident is no duplicate of itself
    --of: 事案はそれ自身の重複になりません

    give the 64 hex digits of a head
    先頭の値(16 進 64 桁)を指定してください

    give an interface (-i) or a capture file (-r)
    インターフェース(-i)か捕捉ファイル(-r)のどちらかを指定してください

    only for an interface; tcpdump -r FILE -w OTHER FILTER cuts a file
    インターフェースのときだけ使えます。ファイルは tcpdump -r FILE -w OTHER FILTER で絞り込めます

    with --read only - (standard output)
    --read のときは -(標準出力)だけを指定できます

    only with --read
    --read のときだけ使えます

    give a number of MiB from 1 to 2000
    1 から 2000 までの MiB 数を指定してください

    {1} packets, {2} dropped
    パケット {1} 個、取りこぼし {2} 個

    no such interface ({1}); ip link lists them
    このインターフェースはありません({1})。一覧は ip link で見られます

    may not be captured on ({1}). It needs no root: setcap cap_net_raw+ep on the program, or AmbientCapabilities=CAP_NET_RAW in its unit
    捕捉する権限がありません({1})。root は不要です。プログラムに setcap cap_net_raw+ep を与えるか、ユニットに AmbientCapabilities=CAP_NET_RAW を書いてください

    the key log cannot be read ({1})
    鍵ログを読めません({1})

    no key log; its lines begin with CLIENT_RANDOM or SERVER_TRAFFIC_SECRET_0 (SSLKEYLOGFILE)
    鍵ログではありません。行は CLIENT_RANDOM または SERVER_TRAFFIC_SECRET_0 で始まります(SSLKEYLOGFILE)

    the key logs have more than {1} MiB; give the part that is wanted
    鍵ログが {1} MiB を超えています。必要な部分だけを指定してください

    no capture; pcap and pcapng are read, compressed or not
    捕捉ファイルではありません。pcap と pcapng を、圧縮の有無を問わず読みます

    give an address such as 127.0.0.1:9747, or off
    127.0.0.1:9747 のようなアドレス、または off を指定してください

    --no-store and --store: give one of them
    --no-store と --store はどちらか一方を指定してください

    remembers in memory only: a restart begins anew; --store keeps it
    メモリー内でだけ覚えます。再起動すると最初からになります(残すには --store)

    remembers in {1}
    {1} に覚えます

    is not there yet; followed as soon as it is
    まだありません。できしだい追います

    the estate file is not valid
    環境定義ファイルが正しくありません

    the estate file declares no paths
    環境定義ファイルにパスの宣言がありません

    SIGHUP: the estate file is not valid; going on as before
    SIGHUP: 環境定義ファイルが正しくないため、前のまま続けます

    SIGHUP: goes on by the estate file as it is now
    SIGHUP: 現在の環境定義ファイルで続けます

    no metrics: {1}; --metrics names another place, or off
    指標は出ません: {1}。別の場所または off を --metrics で指定してください

    give either --policy FILE or --budget ALERTS
    --policy FILE または --budget ALERTS のどちらか一方を指定してください

    give alerts a day, 0 or more, such as 0.1
    1 日の警報数(0 以上。例: 0.1)を指定してください

    a store is compared alone and whole: without other paths, --from, --to and --detectors
    ストアは単独で全体を比べます。ほかのパス、--from、--to、--detectors は使えません

    the ledger is empty; a day is in it when it is over for good
    台帳が空です。日は完全に終わってから台帳に入ります

    no scale of the limits keeps to {1} alerts a day: what is left comes from rules without a limit, such as scope-exceeded; see the incidents of ometsuke scan
    1 日 {1} 件に収まる倍率はありません。残りは scope-exceeded のように限度を持たない規則によるものです。ometsuke scan の事案を確かめてください

    --token keeps an answer: without --request and --tsa
    --token は応答を保存するもので、--request や --tsa とともには使えません

    --head says which anchor --token is about: give --token
    --head は --token の対象を示すものです。--token を指定してください

    give an address that begins with http:// or https://
    http:// または https:// で始まるアドレスを指定してください

    this access could not be recorded in the store: {1}
    このアクセスをストアに記録できませんでした: {1}

    error: {1}
    誤り: {1}

    warning: {1}
    警告: {1}

    cannot be read ({1}); correct the path
    読めません({1})。パスを直してください

    {1}; the first night makes the store
    {1}。ストアは最初の夜間実行が作ります

    No such file or directory
    ファイルまたはフォルダーがありません

    no such file or folder
    ファイルまたはフォルダーがありません

    Permission denied
    権限がありません

    is a directory
    フォルダーです

    another run holds the store
    ほかの実行がストアを使っています
    """#
}
