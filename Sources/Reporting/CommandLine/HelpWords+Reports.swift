extension HelpWords {
  /// Of `ometsuke report` and `ometsuke triage`.
  static let ofReports = #"""
    Writes reports that a manager can sign and an owner can act on, from the store.
    責任者が署名でき、委託元が対応に使える報告書をストアから作ります。

    In Japanese or English, as one offline HTML file, PDF, Markdown, JSON, CSV or spreadsheet. What no log tells (causes, measures, contacts, sign-offs) comes from a file that people edit: report.yml beside the estate file, or --notes. What nobody has said is "unknown"; a field missing without a word fails. Exit status: 0 written, 2 could not.
    日本語または英語で、単独で開ける HTML、PDF、Markdown、JSON、CSV、表計算ファイルのいずれかを作ります。ログから分からないこと(原因、対策、連絡先、承認)は、人が編集する report.yml(環境定義ファイルと同じ場所)または --notes のファイルから取ります。誰も記していない項目は「不明」とし、欠けた項目があれば作りません。終了ステータス: 0 作った、2 できなかった。

    The report on an incident: overall, or for one owner, naming no other.
    事案の報告書。全体版、または一つの委託元用(他の委託元の名は記しません)。

    Without an id: the gravest incident. --each-owner writes a report for each owner into a folder.
    ID を省くと最も重大な事案。--each-owner は委託元ごとの報告書をフォルダーに書きます。

    Id of a finding or an incident (default: the gravest).
    検出結果または事案の ID(省略時: 最も重大なもの)。

    ja or en (default: by the locale).
    ja または en(省略時: ロケールによる)。

    html, markdown, json, csv, xlsx, or pdf (needs Chromium).
    html、markdown、json、csv、xlsx、pdf(Chromium が必要)のいずれか。

    Of csv and xlsx: which table (default: the fields; all).
    csv と xlsx のとき: どの表か(省略時: csv は項目の表、xlsx は全部)。

    What people know: a YAML file (default: report.yml beside the estate file).
    人が知っていることを記した YAML ファイル(省略時: 環境定義ファイルと同じ場所の report.yml)。

    Years by era (令和).
    年を元号(令和)で記します。

    Issue it: its version, figures and digest go into the store's chain, for good.
    発行します。版、件数、ダイジェストをストアのチェーンに永久に記します。

    Who issues it.
    発行者。

    Why there is a new version.
    新しい版を出す理由。

    For this owner alone.
    この委託元だけの報告書。

    Read this instead of the store: what a scan wrote with --format jsonl.
    ストアの代わりに、scan --format jsonl の出力を読みます。

    A report for each owner; --output names the folder.
    委託元ごとの報告書(--output はフォルダー)。

    The answer to an owner who asks whether its records were taken.
    自らの記録が持ち出されたかという委託元の照会への回答書。

    Ends in one of four conclusions; names no other owner but in the annex. See ometsuke inquire.
    結論は四つのいずれかです。他の委託元の名は別紙にだけ記します。ometsuke inquire も参照。

    What was asked, in the owner's words.
    照会の文面(委託元の言葉のまま)。

    Who examines.
    調査者。

    The quarterly report on the supervision of contractors, beside the quarter before.
    委託先の監督に関する四半期報告書(前四半期と対比)。

    The quarter, of calendar years: 2024-Q2.
    暦年の四半期(例: 2024-Q2)。

    The certificate of what of a period was seen.
    期間のうち何を見たかの証明書。

    The list of opaque references of persons whom an owner may have to notify.
    委託元が通知を要し得る本人の、個人を特定しない参照番号の一覧。

    References are the upper halves of keyed hashes, of records that the accounts of the incident opened one by one; exports in bulk name nobody. --format csv --table subject_refs for the list.
    参照番号は、事案のアカウントが 1 件ずつ開いた記録の鍵付きハッシュの上位半分です。一括の書出しからは誰の記録か分かりません。一覧は --format csv --table subject_refs。

    The owner.
    委託元。

    Lists incidents and records what people decide about them, for good.
    事案を一覧し、人の決定を永久に記録します。

    Every act is a link of the chain of decisions: who, why, when, by whom it was entered. It hides nothing: an incident is counted and told as before. Exit status: 0 done, 2 could not.
    行為はすべて決定のチェーンの環になります(誰が、なぜ、いつ、誰が入力したか)。何も隠しません。事案は従来どおり数え、報告します。終了ステータス: 0 完了、2 できなかった。

    Incidents that wait for a decision, the gravest first, with how long they wait.
    判断を待つ事案を、重大な順に、待っている時間とともに示します。

    Those that nobody has decided, that were held to be legitimate until a day that is over, or that have changed since.
    未判断のもの、正当とした期限を過ぎたもの、判断後に変化したものが対象です。

    Those that are decided or under an exception as well.
    決定済みのもの、例外の対象も含めます。

    What an incident is, what explains it otherwise, and all that was done about it.
    事案の内容、ほかに考えられる説明、これまでの対応のすべて。

    Decides: confirmed, suspected, legitimate (until a day) or duplicate (of another).
    決定します: confirmed(確認)、suspected(疑い)、legitimate(正当。期限付き)、duplicate(他の事案の重複)。

    Suspected leaves it open; the others settle it. Nothing is hidden by it.
    suspected は未決のまま、ほかは決着とします。何も隠しません。

    confirmed, suspected, legitimate or duplicate.
    confirmed、suspected、legitimate、duplicate のいずれか。

    Of a legitimate one: the last day on which that holds.
    legitimate のとき: 有効な最後の日。

    Of a duplicate: the incident that it repeats.
    duplicate のとき: 元の事案。

    Who decides or speaks.
    決定者または発言者。

    Says who looks into it.
    担当者を決めます。

    Who looks into it.
    担当者。

    Why, or by when.
    理由または期限。

    Adds what somebody has found out.
    分かったことを書き添えます。

    What.
    内容。

    Links a complaint to an incident, and to the owner whose customer complained.
    苦情を事案と、申出のあった委託元に結び付けます。

    With --owner the complaint stands in that owner's report as well, and in no other owner's.
    --owner を付けると、苦情はその委託元の報告書にも記載され、他の委託元の報告書には記載されません。

    The owner whose customer complained; by its name or an alias.
    申出のあった委託元(名称または別名)。

    The complaint's own reference; no names of persons.
    苦情・申出の受付番号(人の氏名は書かないでください)。

    What was said.
    申出の内容。
    """#
}
