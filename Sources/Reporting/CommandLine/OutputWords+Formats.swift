/// What `ometsuke formats` says of formats: what each is, and why a file is of one.
extension OutputWords {
  /// How sure a reader is, then its reasons, the more exact before the general.
  static let ofProbes = #"""
    {1}: certain — {2}
    {1}: 確実 — {2}

    {1}: likely — {2}
    {1}: おそらく — {2}

    perhaps {1} — {2}
    {1} の可能性 — {2}

    not {1}: {2}
    {1} ではない: {2}

    {1}, behind a first record that is too long to be read
    {1}(長すぎて読めない最初の記録より後について)

    {1} of {2} lines are JSON objects, with the keys of a PostgreSQL jsonlog
    {2} 行のうち {1} 行が、PostgreSQL の jsonlog のキーを持つ JSON オブジェクト

    {1} of {2} lines are JSON objects, with a time in {3} and the keys of a web access log
    {2} 行のうち {1} 行が、ウェブのアクセスログのキーを持つ JSON オブジェクト(時刻は {3})

    {1} of {2} lines are JSON objects, with a time in {3}, but no field of a known name says who or whence
    {2} 行のうち {1} 行が JSON オブジェクト(時刻は {3})ですが、利用者や接続元を示す既知の名前の項目がありません

    {1} of {2} messages are as long as the number before them says
    メッセージ {2} 件のうち {1} 件は、前に置かれた数のとおりの長さ

    {1} of {2} records have {3} fields, without a header: declare the columns
    {2} 件のうち {1} 件が {3} 項目で、見出し行がありません。列を定義してください

    {1} of {2} records have {3} fields, but no column of a known name for the time
    {2} 件のうち {1} 件が {3} 項目ですが、時刻を示す既知の名前の列がありません

    {1} of {2} records have {3} fields, with a time in {4}, but no column of a known name for who or whence
    {2} 件のうち {1} 件が {3} 項目(時刻は {4})ですが、利用者や接続元を示す既知の名前の列がありません

    {1} of {2} records have {3} fields, with a time in {4} and who in {5}
    {2} 件のうち {1} 件が {3} 項目(時刻は {4}、利用者は {5})

    {1} columns from a time on, as in a PostgreSQL csvlog
    時刻から始まる {1} 列(PostgreSQL の csvlog と同じ)

    {1} of {2} records are an <Event> with an <EventID>
    {2} 件のうち {1} 件が、<EventID> のある <Event>

    {1} of {2} records start with a time and have 23, 24 or 26 columns
    {2} 件のうち {1} 件が、時刻から始まる 23・24・26 列のいずれか

    {1} of {2} messages have a time and a severity of PostgreSQL, {3} of them a user
    {2} 件のうち {1} 件に PostgreSQL の時刻と重大度があり、うち {3} 件に利用者がある

    {1} of {2} messages have a time and a severity of PostgreSQL, none a user: set log_line_prefix = {3}, or declare it as log-line-prefix
    {2} 件のうち {1} 件に PostgreSQL の時刻と重大度がありますが、利用者がありません。log_line_prefix = {3} と設定するか、log-line-prefix として定義してください

    {1} of {2} messages have a time and a severity of PostgreSQL
    {2} 件のうち {1} 件に PostgreSQL の時刻と重大度がある

    {1} of {2} entries have a __CURSOR and a __REALTIME_TIMESTAMP
    {2} 件のうち {1} 件に __CURSOR と __REALTIME_TIMESTAMP がある

    {1} of {2} headers are # Time or # User@Host lines
    見出し {2} 行のうち {1} 行が # Time か # User@Host の行

    {1} of {2} lines have the fields of a #Fields line
    {2} 行のうち {1} 行が、#Fields 行のとおりの項目

    {1} of {2} lines have the columns of a #fields line
    {2} 行のうち {1} 行が、#fields 行のとおりの列

    {1} of {2} lines start with YYYYMMDD hh:mm:ss and have nine fields or more
    {2} 行のうち {1} 行が、YYYYMMDD hh:mm:ss で始まり 9 項目以上

    {1} of {2} lines have CEF:0| and seven fields
    {2} 行のうち {1} 行に、CEF:0| と 7 項目がある

    {1} of {2} lines have LEEF:1.0| or LEEF:2.0| and its fields
    {2} 行のうち {1} 行に、LEEF:1.0| か LEEF:2.0| とその項目がある

    {1} of {2} lines have type=… msg=audit(seconds:serial)
    {2} 行のうち {1} 行に type=… msg=audit(秒:連番) がある

    {1} of {2} lines have a syslog time and a program's tag, {3} of them an RFC 3339 time
    {2} 行のうち {1} 行に syslog の時刻とプログラム名があり、うち {3} 行は RFC 3339 の時刻

    {1} of {2} lines begin with a priority, version 1 and a time
    {2} 行のうち {1} 行が、優先度、版 1、時刻の順に始まる

    {1} of {2} lines have a time in brackets, then a quoted request, a status and a size
    {2} 行のうち {1} 行が、角括弧の時刻、引用符の要求、状態、サイズの順

    {1} of {2} lines are objects with a time, a client address, a request and a status under nginx's names
    {2} 行のうち {1} 行が、nginx の変数名で時刻、接続元、要求、状態を持つオブジェクト

    {1} of {2} lines have a bucket, a time in brackets, an operation REST.… and a quoted request
    {2} 行のうち {1} 行に、バケット、角括弧の時刻、操作 REST.…、引用符の要求がある

    {1} of {2} lines have a time in seconds, a call, a queue, an agent and an event of a queue
    {2} 行のうち {1} 行に、秒による時刻、通話、待ち行列、担当者、待ち行列の事象がある

    {1} of {2} lines have a time in seconds, a client, CODE/status, a size and a URL
    {2} 行のうち {1} 行に、秒による時刻、接続元、コード/状態、サイズ、URL がある

    {1} of {2} lines have a full date, a size and xferlog's nine last fields
    {2} 行のうち {1} 行に、年月日と時刻、サイズ、xferlog の末尾 9 項目がある

    {1} of {2} lines have the 15 fields of a call detail record of FreeSWITCH
    {2} 行のうち {1} 行に、FreeSWITCH の通話明細の 15 項目がある

    {1} of {2} lines have the 16 to 21 fields of a call detail record of Asterisk
    {2} 行のうち {1} 行に、Asterisk の通話明細の 16〜21 項目がある

    {1} of {2} lines have a time, a balancer, client and target with ports, and a quoted request
    {2} 行のうち {1} 行に、時刻、負荷分散装置、ポート付きの接続元と接続先、引用符の要求がある

    {1} of {2} lines have a full date, [pid n] and a client in quotes
    {2} 行のうち {1} 行に、年月日と時刻、[pid n]、引用符の接続元がある

    {1} of {2} lines have a client with port, a time in brackets and HAProxy's timers
    {2} 行のうち {1} 行に、ポート付きの接続元、角括弧の時刻、HAProxy の所要時間がある

    {1} records begin with <AUDIT_RECORD
    {1} 件が <AUDIT_RECORD で始まる

    records begin with <AuditRecord><Audit_Type>
    <AuditRecord><Audit_Type> で始まる記録がある

    one record, a header with a time and who
    時刻と利用者を含む見出し行の 1 件のみ

    a header with a time and who among the records
    記録の途中に、時刻と利用者を含む見出し行がある

    a #fields line of Zeek, and no line yet
    Zeek の #fields 行があり、記録はまだない

    a #Fields line with a time, and no line yet
    時刻を含む #Fields 行があり、記録はまだない

    a #fields line without ts, uid and id.orig_h
    #fields 行に ts、uid、id.orig_h がない

    a time, and LENGTH in the line after it
    時刻の次の行に LENGTH がある

    a header with cdrRecordType and dateTimeOrigination
    cdrRecordType と dateTimeOrigination を含む見出し行

    no header with cdrRecordType and dateTimeOrigination
    cdrRecordType と dateTimeOrigination を含む見出し行がありません
    """#

  static let ofSummaries = #"""
    captured traffic (pcap, pcapng), and the lines it is turned into
    通信の記録(pcap、pcapng)と、それを変換した行

    W3C extended log file format: IIS, CloudFront
    W3C 拡張ログ形式: IIS、CloudFront

    Google Cloud audit logs (LogEntry as JSON lines)
    Google Cloud の監査ログ(LogEntry、1 行 1 オブジェクトの JSON)

    MariaDB server_audit
    MariaDB の server_audit

    Amazon S3 server access log
    Amazon S3 のサーバーアクセスログ

    CSV (RFC 4180, any delimiter), with a declared or guessed field map
    CSV(RFC 4180、区切り文字は任意)。項目の対応は定義または推定による

    Common Event Format (CEF), with or without syslog header
    CEF(Common Event Format)。syslog ヘッダーの有無を問わない

    Zeek logs in columns: conn, http, ftp, smb, postgresql, mysql
    Zeek の列形式のログ: conn、http、ftp、smb、postgresql、mysql

    Windows Security and System logs as XML
    Windows のセキュリティログ・システムログ(XML)

    Oracle unified audit trail (CSV)
    Oracle の統合監査証跡(CSV)

    Oracle classic audit trail (XML)
    Oracle の従来型監査証跡(XML)

    AWS CloudTrail: delivery files, one event a line, event history
    AWS CloudTrail: 配信ファイル、1 行 1 イベント、イベント履歴

    PostgreSQL's plain log (log_line_prefix) with pgaudit
    PostgreSQL の通常のログ(log_line_prefix)と pgaudit

    Asterisk queue log (queue_log)
    Asterisk の待ち行列ログ(queue_log)

    Microsoft 365 unified audit log (JSON lines)
    Microsoft 365 の統合監査ログ(1 行 1 オブジェクトの JSON)

    Microsoft 365 audit search, exported by the portal (CSV with JSON in AuditData)
    Microsoft 365 の監査検索をポータルから書き出したもの(CSV、AuditData は JSON)

    SQL Server and Azure SQL audit (JSON lines)
    SQL Server・Azure SQL の監査(1 行 1 オブジェクトの JSON)

    PostgreSQL csvlog with pgaudit, 23, 24 or 26 columns
    PostgreSQL の csvlog と pgaudit(23・24・26 列)

    Cisco Unified Communications Manager call detail records (CSV)
    Cisco Unified Communications Manager の通話明細(CSV)

    Squid access log (native format)
    Squid のアクセスログ(独自形式)

    MongoDB and Percona audit log (JSON)
    MongoDB・Percona の監査ログ(JSON)

    xferlog of wu-ftpd, ProFTPD and vsftpd
    wu-ftpd・ProFTPD・vsftpd の xferlog

    FreeSWITCH call detail records (mod_cdr_csv, template "example")
    FreeSWITCH の通話明細(mod_cdr_csv、ひな形 "example")

    Zeek logs as JSON lines: conn, http, ftp, smb, postgresql, mysql
    Zeek のログ(1 行 1 オブジェクトの JSON): conn、http、ftp、smb、postgresql、mysql

    systemd journal as JSON lines (journalctl -o json)
    systemd のジャーナル(1 行 1 オブジェクトの JSON、journalctl -o json)

    Asterisk call detail records (cdr_csv, Master.csv)
    Asterisk の通話明細(cdr_csv、Master.csv)

    Okta System Log (JSON lines)
    Okta の System Log(1 行 1 オブジェクトの JSON)

    MySQL Enterprise and Percona audit log (XML, old and new form)
    MySQL Enterprise・Percona の監査ログ(XML、新旧の形)

    systemd journal as it is exported (journalctl -o export)
    systemd のジャーナルの書出し(journalctl -o export)

    GitHub audit log (JSON, streamed or exported as lines)
    GitHub の監査ログ(JSON、配信または行単位の書出し)

    Windows Security and System logs as JSON lines
    Windows のセキュリティログ・システムログ(1 行 1 オブジェクトの JSON)

    Linux audit daemon (auditd), raw or enriched
    Linux の監査デーモン(auditd)。raw・enriched のいずれも

    PostgreSQL jsonlog with pgaudit
    PostgreSQL の jsonlog と pgaudit

    Salesforce Event Log File (CSV)
    Salesforce の Event Log File(CSV)

    AWS load balancer access log (Application and Classic)
    AWS ロードバランサーのアクセスログ(Application、Classic)

    Oracle unified audit trail (JSON lines)
    Oracle の統合監査証跡(1 行 1 オブジェクトの JSON)

    BSD syslog (RFC 3164), also with an RFC 3339 time in front
    BSD syslog(RFC 3164)。先頭が RFC 3339 の時刻のものも含む

    JSON Lines (one object a line), with a declared or guessed field map
    JSON Lines(1 行 1 オブジェクト)。項目の対応は定義または推定による

    nginx access logs as JSON objects, keys named after nginx variables
    nginx のアクセスログ(JSON、キーは nginx の変数名)

    Log Event Extended Format (LEEF), with or without syslog header
    LEEF(Log Event Extended Format)。syslog ヘッダーの有無を問わない

    Google Workspace audit logs (activities of the Reports API, JSON)
    Google Workspace の監査ログ(Reports API の activities、JSON)

    Syslog of RFC 5424, with structured data
    RFC 5424 の syslog(構造化データを含む)

    Syslog whose messages come with their length (RFC 6587), of RFC 5424 or 3164
    メッセージごとに長さを付けた syslog(RFC 6587)。中身は RFC 5424 または 3164

    Kubernetes API server audit log (audit.k8s.io, JSON)
    Kubernetes API サーバーの監査ログ(audit.k8s.io、JSON)

    Amazon Connect contact records (JSON lines)
    Amazon Connect のコンタクトレコード(1 行 1 オブジェクトの JSON)

    MySQL, Percona and MariaDB slow query log
    MySQL・Percona・MariaDB のスロークエリログ

    Suricata EVE (JSON lines): flow, http, fileinfo, ftp, smb
    Suricata の EVE(1 行 1 オブジェクトの JSON): flow、http、fileinfo、ftp、smb

    Azure: sign-ins, activity log, storage and key vault (JSON)
    Azure: サインイン、アクティビティログ、ストレージ、キーコンテナー(JSON)

    MySQL Enterprise and Percona audit log (JSON, one event a line)
    MySQL Enterprise・Percona の監査ログ(JSON、1 行 1 イベント)

    vsftpd log
    vsftpd のログ

    HAProxy log (HTTP and TCP), with or without syslog header
    HAProxy のログ(HTTP・TCP)。syslog ヘッダーの有無を問わない

    Oracle classic audit trail (files *.aud)
    Oracle の従来型監査証跡(*.aud ファイル)

    Apache, nginx and ProFTPD access logs, combined or common log format
    Apache・nginx・ProFTPD のアクセスログ(combined または common 形式)
    """#
}
