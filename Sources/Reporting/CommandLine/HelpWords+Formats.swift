extension HelpWords {
  /// Of the commands that speak of log formats.
  static let ofFormats = #"""
    Lists the formats, says which one a file has and why, or proposes a new one.
    形式を一覧し、ファイルの形式とその理由を示し、または新しい形式を提案します。

    Lists the formats, or says which one a file has and why.
    形式を一覧します。ファイルを指定すると、その形式と理由を示します。

    Files to judge.
    判定するファイル。

    Proposes a format file from a sample of a log, and shows what it would read.
    ログの見本から形式ファイルを提案し、それで何が読めるかを示します。

    Reads the first lines of SAMPLE and writes a file for formats.d beside the estate file: templates of its lines, and what their fields may mean, to be corrected by hand. A source then names it: format: NAME. The values shown are those of the sample; with -o they are left out of the file. Exit status: 0 proposed, 1 another format reads the sample already, 2 nothing to propose.
    SAMPLE の最初の行を読み、環境定義ファイルの隣の formats.d に置くファイルを書きます。行のひな形と、各項目の意味の候補が入るので、手で直してください。ログ元では format: 名前 と指定します。表示される値は見本のものです(-o を付けるとファイルには入りません)。終了ステータス: 0 提案した、1 見本は既存の形式で読める、2 提案できるものがない。

    A file with lines of the log.
    ログの行を含むファイル。

    The name of the format (default: the name of the sample).
    形式の名前(省略時: 見本の名前)。

    Write the file there; what it reads is shown.
    形式ファイルをここに書き、読めた内容を表示します。

    Propose one even if a format reads the sample already.
    見本が既存の形式で読めても提案します。
    """#
}
