/// The help of the command line: each text in English, under it the same in Japanese.
///
/// What is missing here is shown in English; a test finds it.
enum HelpWords {
  static let pairs = ofLogs + "\n\n" + ofFormats + "\n\n" + ofReports

  /// Of the commands that read logs or the store.
  private static let ofLogs = #"""
    Finds the administrator who carries customer records away.
    顧客情報を持ち出す管理者を、監査ログから見つけます。

    Reads audit logs of call-centre servers and tells who took how many records of whom.
    コールセンターのサーバーの監査ログを読み、誰がどの委託元の記録を何件持ち出したかを示します。

    Show the version.
    版を表示します。

    Show help information.
    この説明を表示します。

    Show subcommand help information.
    サブコマンドの説明を表示します。

    Reads logs and reports incidents with their evidence and the coverage.
    ログを読み、事案を証拠と記録範囲とともに報告します。

    Exit status: 0 nothing at or above --fail-on; 1 found, whatever was not read; 2 could not run, or nothing was read; 3 ran, but part of the input could not be read: a file that cannot be opened, is damaged, has no known format, or of which more than 1 % of the records were rejected. The coverage names each.
    終了ステータス: 0 --fail-on 以上の事案なし。1 事案あり(読めない部分があっても 1)。2 実行できない、または何も読めない。3 実行したが入力の一部を読めない(開けない、壊れている、形式が不明、1 % を超える記録が不正)。該当するファイルは記録範囲に示します。

    Files, folders, globs, or - for standard input.
    ファイル、フォルダー、グロブ、または標準入力を表す -。

    The estate file (default: ./ometsuke.yml, if there is one).
    環境定義ファイル(省略時: ./ometsuke.yml があればそれ)。

    The estate file (default: ./ometsuke.yml).
    環境定義ファイル(省略時: ./ometsuke.yml)。

    Leave out events before this time (RFC 3339, or a date in the estate's zone).
    この時刻より前のイベントを除きます(RFC 3339、または環境の時間帯での日付)。

    Leave out events at or after this time.
    この時刻以後のイベントを除きます。

    Threads (default: one a processor).
    スレッド数(省略時: プロセッサーごとに 1)。

    Run only these detectors, separated by commas.
    指定した検出器だけを使います(コンマ区切り)。

    Read the inputs once more for their SHA-256; the result tells it.
    入力をもう一度読んで SHA-256 を求め、結果に記します。

    Bytes read at a time.
    一度に読むバイト数。

    text, jsonl or ocsf.
    text、jsonl、ocsf のいずれか。

    Write to this file, whole or not at all, instead of standard output; never an input.
    標準出力の代わりにこのファイルへ書きます(全部書けたときだけ置き換え。入力ファイルは不可)。

    Severity from which the exit status is 1: informational … critical, or never.
    終了ステータスを 1 とする重大度: informational … critical、または never。

    both, english (en) or japanese (ja); text.
    both、english (en)、japanese (ja) のいずれか(text の言語)。

    No progress, no notes on files.
    進み具合とファイルについての注記を出しません。

    Reads what is new since the last night, and remembers it; silent when all is well.
    前夜以後に増えた分を読み、覚えます。異常がなければ何も出しません。

    For cron or a systemd timer. Finds what is new in each log by what the file is, never by its name alone, so that logs may be rotated and compressed; makes up for nights that were missed. What came of all nights is what one scan over all the logs would tell. Prints nothing when there is nothing new; else a text for a mail. Exit status: as scan, of what is new or changed.
    cron や systemd タイマーから実行します。各ログの新しい部分を、名前だけでなくファイルそのもので見分けるため、ローテーションや圧縮があっても構いません。実行されなかった夜の分も取り戻します。全夜の結果は、全ログを一度に scan した結果と同じです。新しいことがなければ何も出さず、あればメールにそのまま使える文面を出します。終了ステータスは scan と同じで、新しい事案と変わった事案について決まります。

    Files, folders or globs (default: the paths of the declared sources).
    ファイル、フォルダー、グロブ(省略時: 定義済みのログ元のパス)。

    The store (default: ometsuke.store beside the estate file).
    ストア(省略時: 環境定義ファイルと同じ場所の ometsuke.store)。

    both, english or japanese.
    both、english、japanese のいずれか。

    The time by the clock (RFC 3339).
    現在時刻とみなす時刻(RFC 3339)。

    Turns what goes over the wire into lines that scan, nightly and watch read.
    回線を流れる通信を、scan・nightly・watch が読む行に変えます。

    Captures on an interface (libpcap; the kernel filters) and writes a line for each statement, request, file and flow into one file a day, wire-YYYY-MM-DD.jsonl, in the folder given; it holds no packets. It needs no root, only the capability cap_net_raw. What the kernel drops is told as a notice among the lines. SIGTERM and SIGINT: takes what is there, tells what is open, ends. With --read a capture file is turned into the same lines. Exit status: 0; 2 when it could not run; 3 when the interface went away, or a file could not be read to its end.
    インターフェースで捕捉し(libpcap、絞込みはカーネル)、文・要求・ファイル・フローごとに 1 行を、指定したフォルダーの 1 日 1 ファイル(wire-YYYY-MM-DD.jsonl)に書きます。パケットは残しません。root は不要で、cap_net_raw だけで動きます。カーネルが取りこぼした数も行として記録します。SIGTERM と SIGINT: ある分を取り、途中のものを書いて終わります。--read は捕捉ファイルを同じ行に変えます。終了ステータス: 0、実行できないときは 2、インターフェースが消えたときやファイルを最後まで読めないときは 3。

    Capture on this interface (any: on all).
    捕捉するインターフェース(any: すべて)。

    Read this capture file (- for standard input) instead of an interface.
    インターフェースの代わりに、この捕捉ファイル(- は標準入力)を読みます。

    Take only packets of this filter (pcap-filter(7)).
    この式(pcap-filter(7))に合うパケットだけを取ります。

    The folder of the day files; with --read - for standard output.
    日別ファイルのフォルダー。--read のときは標準出力を表す -。

    MiB that wait in the kernel.
    カーネル内で待たせる量(MiB)。

    Read encrypted sessions of captures by the secrets in this file (SSLKEYLOGFILE).
    捕捉ファイルの暗号化されたセッションを、このファイル(SSLKEYLOGFILE)の秘密で読みます。

    HTTP: take the user from this header field, where a proxy sets it; may be repeated.
    HTTP: 利用者名を、プロキシが付けるこのヘッダーフィールドから取ります。繰り返し指定できます。

    HTTP: take the user from this cookie; may be repeated.
    HTTP: 利用者名をこの cookie から取ります。繰り返し指定できます。

    Also take packets that are meant for others.
    他宛てのパケットも取ります。

    Only flows; no protocol is read.
    フローだけ。プロトコルは読みません。

    Follows logs as they grow, and tells what they show.
    増えていくログを追い、分かったことを知らせます。

    Goes on from where the last night or watch stopped, and leaves the store as a night does. Logs are followed by what they are, through rotation, copytruncate and compression. On a terminal a view that is redrawn in place; elsewhere a line for each incident that is raised or has grown. SIGTERM and SIGINT: reads what is there, remembers it, ends. SIGHUP: opens the file of --output anew, reads the estate file anew, and keeps the old one when the new one is not valid. Exit status: 0, or 2 when it could not run.
    前回の夜間実行または監視が止まった所から続け、夜間実行と同じ形でストアを残します。ログはファイルそのもので追うため、ローテーション、copytruncate、圧縮を越えて読み続けます。端末ではその場で描き直す画面を、それ以外では事案の発生・拡大ごとに 1 行を出します。SIGTERM と SIGINT: ある分を読み、覚えて終わります。SIGHUP: --output のファイルを開き直し、環境定義ファイルを読み直し、正しくなければ前のまま続けます。終了ステータス: 0、実行できないときは 2。

    Files, folders, globs, named pipes, - for standard input, or udp://, tcp:// and tls://address:port to listen for syslog (default: what the sources declare).
    ファイル、フォルダー、グロブ、名前付きパイプ、標準入力を表す -、または syslog を待ち受ける udp://、tcp://、tls://アドレス:ポート(省略時: ログ元の定義どおり)。

    Remember in memory only; a restart begins anew.
    メモリー内でだけ覚えます。再起動すると最初からになります。

    text or jsonl.
    text または jsonl。

    Append to this file instead of standard output.
    標準出力の代わりにこのファイルへ追記します。

    Show also known incidents that go on at or after this time (RFC 3339 or a date).
    この時刻以後も続く既知の事案も示します(RFC 3339 または日付)。

    Show only incidents of this account, person or owner.
    このアカウント、人、委託元の事案だけを示します。

    both, english (en) or japanese (ja).
    both、english (en)、japanese (ja) のいずれか。

    english (en) or japanese (ja) (default: by the locale).
    english (en) または japanese (ja)(省略時: ロケールによる)。

    No view, no notes: findings only.
    画面と注記を出さず、検出結果だけを出します。

    Where metrics (/metrics) and health (/health) are asked for, or off (default: 127.0.0.1:9747).
    指標(/metrics)と稼働状態(/health)の問合せを受けるアドレス、または off(省略時: 127.0.0.1:9747)。

    Hours by which a line may come late (default: policy.lateness, as nightly).
    行の遅れをどこまで認めるか(時間。省略時: 夜間実行と同じく policy.lateness)。

    Shows, exports, prunes and checks what the nights remember.
    夜間実行が覚えている内容を表示、書出し、削減、検査します。

    Nights, logs, incidents, sizes.
    夜、ログ、事案、大きさ。

    Writes a table as CSV or JSON Lines.
    表を CSV または JSON Lines で書き出します。

    Tables: accesses, anchors, coverage, decisions, history, incidents, late, ledger, logs, marks, nights, notices, rules, seals.
    表: accesses、anchors、coverage、decisions、history、incidents、late、ledger、logs、marks、nights、notices、rules、seals。

    Which table.
    表の名前。

    csv or jsonl.
    csv または jsonl。

    Write to this file, whole or not at all.
    このファイルへ書きます(全部書けたときだけ)。

    Drops days of the ledger that are older than is to be kept; says so in the chain.
    保存年数を過ぎた台帳の日を除き、その旨をチェーンに記します。

    Years of the ledger to keep, counted from its last day.
    台帳を残す年数(最後の日から数えます)。

    Checks the store itself; for the logs see `ometsuke verify`.
    ストア自体を検査します。ログの照合は `ometsuke verify`。

    A store that is kept under a key is checked with the estate file that names it.
    鍵で守られたストアは、その鍵を指定した環境定義ファイルとともに検査します。

    Puts a decision about an incident into the chain: author, time, reason, for good.
    事案についての決定(決定者、時刻、理由)をチェーンに永久に記します。

    It hides nothing: the incident is counted and told as before.
    何も隠しません。事案は従来どおり数え、報告します。

    Id of a finding or an incident.
    検出結果または事案の ID。

    authorised, confirmed, false-positive, under-review.
    authorised(指示あり)、confirmed(確認済み)、false-positive(誤検出)、under-review(調査中)。

    Who decided.
    決定した人。

    Why.
    理由。

    Who asked the store what, and when; this question is among them.
    誰がいつストアに何を問い合わせたか(この問合せも含みます)。

    As a table: `ometsuke state export accesses`.
    表としては `ometsuke state export accesses`。

    Puts the heads of all chains into one link, to be witnessed outside.
    全チェーンの先頭を一つの環にまとめ、外部で証明できるようにします。

    Prints the link's head: on paper or in a mail to somebody else it shows later, by `ometsuke verify --expect HEAD`, that nothing was sealed anew. --request writes a request for a time-stamp token (RFC 3161) over it, made by openssl; --tsa sends it by curl. --token keeps the answer of an authority over the last anchor, or over --head; --tsa-ca names the certificates by which it is verified before it is kept. Exit status: 0, or 2 when it could not.
    環の先頭の値を印字します。紙や他者宛てのメールに控えておけば、封印し直されていないことを後日 `ometsuke verify --expect HEAD` で示せます。--request はタイムスタンプ要求(RFC 3161)を openssl で作って書き、--tsa は curl で送ります。--token は時刻認証局の応答を最後のアンカー(または --head のアンカー)の証明として保存します。--tsa-ca は保存前の検証に使う証明書です。終了ステータス: 0、できないときは 2。

    Write a time-stamp request over the new anchor to this file.
    新しいアンカーのタイムスタンプ要求をこのファイルに書きます。

    Send the request to this address of a time-stamp authority, and keep its answer.
    要求をこの時刻認証局へ送り、応答を保存します。

    Keep this file, the answer of an authority, as the token of an anchor.
    時刻認証局の応答であるこのファイルを、アンカーのトークンとして保存します。

    The anchor that --token is about (default: the last).
    --token の対象とするアンカー(省略時: 最後のもの)。

    Certificates of the authority (PEM).
    認証局の証明書(PEM)。

    Keeps what bears hashes of data subjects under a new key; no count is lost or doubled.
    本人のハッシュを含む内容を新しい鍵の下に移します。件数は失われず、重複もしません。

    Writes a new key by chance into the second line of the privacy key-file of the estate, and everything in the store that bears hashes of subjects anew, in one transaction. The old key file opens nothing of the store from here on, the new one no older copy of it. Logs are read and subjects counted as before. No night or watch may run meanwhile.
    環境の privacy key-file の 2 行目に無作為な新しい鍵を書き、本人のハッシュを含むストアの全内容を一つのトランザクションで書き直します。以後、古い鍵ファイルではこのストアを、新しい鍵ファイルでは以前の写しを開けません。ログの読取りと本人の数え方は変わりません。実行中は夜間実行や監視を動かさないでください。

    Reads sealed logs again and says what no longer matches.
    封印したログを読み直し、一致しなくなったものを示します。

    Compares every sealed piece of every log that is still there with its digest, the seals with their chains, and what the chains tell of policy, exceptions and anchors with themselves. A log that a night has met cut short or altered stays said, until `state decide` finds its incident authorised or a false positive. Exit status: 0 all that is there matches; 1 something does not; 2 could not run. --heads prints the last link of each chain: written down elsewhere, --expect shows later that nobody has sealed anew. --tsa-ca verifies the time-stamp tokens of anchors by openssl.
    残っている全ログの封印済み部分をダイジェストと、封印をチェーンと、方針・例外・アンカーについてのチェーンの記録を互いに照合します。切り詰めや改変を夜間実行が検知したログは、その事案を `state decide` で authorised または false-positive と判断するまで示し続けます。終了ステータス: 0 残っているものはすべて一致。1 一致しないものがある。2 実行できない。--heads は各チェーンの最後の環を印字します。別の場所に控えておけば、誰も封印し直していないことを後日 --expect で示せます。--tsa-ca はアンカーのタイムスタンプを openssl で検証します。

    Print the heads of the chains.
    各チェーンの先頭の値を印字します。

    A head that was written down: some chain has to lead through it; may be repeated.
    控えておいた先頭の値。いずれかのチェーンがこれを通る必要があります(複数指定可)。

    Certificates of the time-stamp authority (PEM).
    時刻認証局の証明書(PEM)。

    Writes the log lines of a finding into a folder that sha256sum can check.
    検出結果のログ行を、sha256sum で検査できるフォルダーに書き出します。

    Give the id of a finding or an incident and the same paths and options as to scan; or no path, and the store of the nights says where the lines stood: the logs are read again. The folder holds the lines, a manifest, SHA256SUMS and a README. The lines are raw and hold personal data: mode 0700, files 0600. Exit status: 0 all lines are there; 3 some are altered or gone: each is named; 2 could not run.
    検出結果または事案の ID と、scan と同じパスとオプションを指定します。パスを省くと、行の場所はストアから求め、ログを読み直します。フォルダーには行、目録、SHA256SUMS、README が入ります。行は生のままで個人情報を含むため、フォルダーは 0700、ファイルは 0600 とします。終了ステータス: 0 全行あり。3 変わった行または失われた行がある(それぞれ示します)。2 実行できない。

    Files, folders or globs (default: what the store remembers).
    ファイル、フォルダー、グロブ(省略時: ストアが覚えている場所)。

    The folder, empty or not there.
    書き出すフォルダー(空か、まだ無いもの)。

    Validates the estate file, holds it against the logs, prints what is effective.
    環境定義ファイルを検証し、ログと突き合わせ、有効な内容を表示します。

    Reads the logs that the sources name (or the paths given) to tell patterns that match nothing and sources that state no volume. Exit status: 0 no error, 2 errors; warnings do not change it.
    定義されたログ元(または指定したパス)のログを読み、何にも当てはまらないパターンや件数を記さないログ元を示します。終了ステータス: 0 誤りなし、2 誤りあり(警告では変わりません)。

    Logs to hold the estate against (default: the paths of its sources).
    突き合わせるログ(省略時: 定義済みのログ元のパス)。

    Judge the estate file alone, without reading logs.
    ログを読まず、環境定義ファイルだけを検証します。

    Only what needs attention.
    注意が要るものだけを出します。

    Replays the logs and shows the counters of one finding.
    ログを読み直し、一つの検出結果の計数の経過を示します。

    Give the finding's id, then the same paths and options as to scan.
    検出結果の ID、続けて scan と同じパスとオプションを指定します。

    Lists what is judged, with the ATT&CK technique.
    判定の種類を ATT&CK の技術とともに一覧します。

    Writes the logs of an invented call centre, with takings in them and the truth beside.
    架空のコールセンターのログを、持出しとその正解とともに作ります。

    The same seed gives the same bytes. OUT then holds logs/, ometsuke.yml, tickets.csv and truth.jsonl. Exit status: 0 written, 2 it could not be, 64 the command line is wrong.
    同じ種からは同じバイト列ができます。OUT には logs/、ometsuke.yml、tickets.csv、truth.jsonl が入ります。終了ステータス: 0 書いた、2 書けなかった、64 コマンド行の誤り。

    A folder that is empty or not there yet.
    空か、まだ無いフォルダー。

    How many years (default: 3).
    年数(省略時: 3)。

    How many days, instead of years.
    年数の代わりに日数。

    Any number: another seed, another estate.
    任意の数。種が違えば別の環境になります。

    The first day, as 2024-04-01.
    最初の日(例: 2024-04-01)。

    Accounts of persons, 20 … 20000; about 60 events an account and day.
    人のアカウント数(20 … 20000)。1 アカウント 1 日あたり約 60 イベント。

    Attacks as A1,A7, or all, or none.
    攻撃(例: A1,A7)、all、none のいずれか。

    Look-alikes as H1,H20, or all, or none.
    紛らわしい正当な行為(例: H1,H20)、all、none のいずれか。

    Compression of the day files: none, gz or zst.
    日ごとのファイルの圧縮: none、gz、zst。

    Tells what another policy would have raised over the same logs.
    同じログに別の方針を当てた場合に何が報告されたかを示します。

    Reads the logs once and judges them twice: by the estate file, and by the same with the policy and the exceptions of another file. With --budget it looks for the smallest limits-scale that keeps to so many alerts a day. Instead of logs it takes the store of the nights: its ledger tells sums of a day and longer, over all years. Exit status: 0 compared; 2 could not run, or no --budget can be kept.
    ログを一度読み、二通りに判定します。環境定義ファイルによるものと、その方針と例外を別のファイルのものに替えたものです。--budget を指定すると、1 日の警報数をその数に収める最小の limits-scale を探します。ログの代わりに夜間実行のストアも指定でき、台帳から 1 日以上の合計を全年にわたって比べます。終了ステータス: 0 比べた。2 実行できない、または --budget に収まらない。

    An estate file; its policy and exceptions are tried.
    方針と例外を試す環境定義ファイル。

    Alerts a day to keep to; prints the limits-scale that does.
    収めたい 1 日の警報数。それに合う limits-scale を印字します。

    Severity from which an incident is raised: informational … critical.
    事案を報告する重大度: informational … critical。

    both, english or japanese (text).
    both、english、japanese のいずれか(text の言語)。

    No progress.
    進み具合を出しません。

    Says what of a period was seen, and what a "nothing found" would rest on.
    期間のうち何を見たか、「見つからない」の根拠がどれほどあるかを示します。

    Asks the store of the nights, not the logs: per source and day what was seen, silent, rejected, of unknown volume, late, sealed and altered, and the share of source-days that is known. With --owner only the sources count that hold the owner's records. For logs that no night has read, see the coverage that `ometsuke scan` prints. Exit status: 0 answered, 2 could not.
    ログではなく夜間実行のストアに問い合わせます。ログ元と日ごとに、読んだ、無記録、不正、件数不明、遅延、封印済み、改変の各状況と、分かっている割合を示します。--owner を付けると、その委託元の記録を扱うログ元だけを数えます。夜間実行が読んでいないログの記録範囲は `ometsuke scan` が示します。終了ステータス: 0 回答した、2 できなかった。

    First day (default: the first of the sources that hold the owner's records; without an owner, of the declared ones).
    最初の日(省略時: その委託元の記録を持つログ元の最初の日。委託元の指定がなければ環境定義にあるログ元の最初の日)。

    The day after the last (default: after the last of the declared sources).
    最後の日の翌日(省略時: 環境定義にあるログ元の最後の日の翌日)。

    Count only the sources that hold this owner's records.
    この委託元の記録を扱うログ元だけを数えます。

    A line for each source and day.
    ログ元と日ごとに 1 行を出します。

    Answers an owner who asks whether its records were taken, from the store alone.
    自らの記録が持ち出されたかという委託元の照会に、ストアだけから回答します。

    Tells who handled the owner's records, on what authorisation, what was found, and what the gaps could hide. Ends in one of four conclusions: confirmed, suspected, not found within the records, cannot be determined; always with the share that was covered. Only a person confirms, by ometsuke triage decide or here: --confirm names the incident, --examiner who says so. Names no other owner but in the annex. Exit status: 0 answered, whatever the answer; 2 could not.
    誰がどの根拠で委託元の記録を扱ったか、何が見つかったか、欠落に何が隠れ得るかを示します。結論は「確認された」「疑いあり」「記録の範囲では確認されない」「判断できない」の四つのいずれかで、必ず記録範囲の割合を添えます。確認するのは人だけです(ometsuke triage decide による。または --confirm で事案を、--examiner で確認者を指定)。他の委託元の名は別紙にだけ記します。終了ステータス: 0 回答した(内容によらず)、2 できなかった。

    The owner that asks.
    照会した委託元。

    A file of subjects who complained, an id as the logs write it on each line.
    申し出た本人の一覧ファイル(ログに現れる形の ID を 1 行に一つ)。

    Who examines, for the answer.
    回答に記す調査者。

    An incident that a person has confirmed to be a taking; may be repeated.
    人が持出しと確認した事案(複数指定可)。

    Add the internal annex: other owners of the same accounts and terminals.
    内部用の別紙(同じアカウント・端末に関わる他の委託元)を付けます。
    """#
}
