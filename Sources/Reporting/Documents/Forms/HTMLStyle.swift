/// The style sheet of the HTML form.
///
/// Contrasts are those of WCAG 2.1 AA in light and dark; print is light, A4. There a heading reserves the room of what
/// follows it, as Chromium breaks between the titles and the first row of a table whatever `break-after` says.
enum HTMLStyle {
  static let sheet = """

    :root{--paper:#fff;--ink:#1c2127;--soft:#55606d;--line:#d5dbe1;--wash:#f5f7f9;--accent:#1f4e79;
    --within:#0f766e;--exceeded:#b45309;--none:#b42318;--unknown:#57606a;--alarm:#fdecea;
    --v1:#dbe7f3;--v2:#a9c8e4;--v3:#6da2cf;--v4:#3477ae;--v5:#12466f;
    --c1:#b42318;--c2:#d97757;--c3:#e8c07d;--c4:#a8cfae;--c5:#4c9a6a;--blank:#eceff2}
    @media (prefers-color-scheme:dark){:root{--paper:#14181d;--ink:#e8ecf0;--soft:#a9b4c0;--line:#343d47;
    --wash:#1c2228;--accent:#8ec1ee;--within:#4fc3b5;--exceeded:#f0a04b;--none:#ff8a7a;--unknown:#a9b4c0;
    --alarm:#3a1f1d;--v1:#22364a;--v2:#2c5278;--v3:#3f78ad;--v4:#6ba7db;--v5:#b5d8f6;
    --c1:#ff8a7a;--c2:#c9694c;--c3:#9a7b3c;--c4:#3f6d4b;--c5:#2c8a57;--blank:#262d35}}
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%}
    body{margin:0 auto;max-width:66rem;padding:1.5rem 1.25rem 3rem;background:var(--paper);
    color:var(--ink);font:1rem/1.65 system-ui,"Hiragino Sans","Noto Sans JP","Noto Sans CJK JP",
    "Yu Gothic",Meiryo,sans-serif;overflow-wrap:anywhere;line-break:strict}
    :lang(ja) body,:lang(ja) .label{font-family:"Hiragino Sans","Noto Sans JP","Noto Sans CJK JP","Yu Gothic",
    Meiryo,system-ui,sans-serif}
    h1{font-size:1.75rem;line-height:1.3;margin:.5rem 0 .25rem;font-weight:700}
    h2{font-size:1.25rem;line-height:1.4;margin:2.75rem 0 .75rem;padding-bottom:.35rem;
    border-bottom:2px solid var(--accent)}
    h2 .no{color:var(--accent);font-variant-numeric:tabular-nums;margin-right:.35rem}
    h3{font-size:1rem;margin:1.75rem 0 .5rem;font-weight:700}
    p{margin:.5rem 0}
    .marks{margin:0;display:flex;gap:.5rem;flex-wrap:wrap}
    .mark{font-size:.8125rem;border:1px solid var(--line);border-radius:.25rem;padding:.05rem .6rem;
    color:var(--soft)}
    .mark.draft{border-color:var(--exceeded);color:var(--exceeded)}
    .sub{color:var(--soft);margin:0 0 1.25rem}
    .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(11.5rem,1fr));gap:.75rem;margin:0 0 1.25rem}
    .cards div{background:var(--wash);border:1px solid var(--line);border-radius:.5rem;padding:.7rem .9rem}
    .cards dt{font-size:.8125rem;color:var(--soft)}
    .cards dd{margin:.1rem 0 0;font-size:1.1875rem;font-weight:650;line-height:1.4;
    font-variant-numeric:tabular-nums}
    .cards small{font-weight:400}.cards dd .keep{display:inline-block;white-space:normal}
    nav ol{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;list-style:none;margin:0;padding:.7rem 0;
    border-top:1px solid var(--line);border-bottom:1px solid var(--line);font-size:.875rem}
    a{color:var(--accent)}
    .fields{margin:0 0 1rem}
    .fields div{display:grid;grid-template-columns:minmax(9rem,14rem) 1fr;gap:0 1.25rem;padding:.5rem 0;
    border-bottom:1px solid var(--line)}
    .fields dt{color:var(--soft);font-size:.9375rem}
    .fields dd{margin:0;min-width:0}
    small{display:block;color:var(--soft);font-size:.8125rem;line-height:1.5}
    .unknown{color:var(--soft);font-style:normal;border-bottom:1px dotted var(--soft)}
    .keep{white-space:nowrap}
    .empty,.note{color:var(--soft);font-size:.9375rem}
    .sentences{padding-left:1.2rem;margin:.5rem 0 1rem}
    .sentences li{margin:.3rem 0}
    .scroll{overflow-x:auto;margin:.5rem 0;
    background:linear-gradient(to right,var(--paper) 40%,transparent) left/2.5rem 100%,
    linear-gradient(to left,var(--paper) 40%,transparent) right/2.5rem 100%,
    linear-gradient(to right,var(--line),transparent) left/.9rem 100%,
    linear-gradient(to left,var(--line),transparent) right/.9rem 100%;
    background-repeat:no-repeat;background-attachment:local,local,scroll,scroll}
    .scroll:focus-visible,a:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
    table{border-collapse:collapse;width:100%;font-size:.875rem;line-height:1.5}
    caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
    th,td{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0;border-bottom:1px solid var(--line);
    overflow-wrap:break-word;max-width:24rem}
    th:last-child,td:last-child{padding-right:0}
    thead th{color:var(--soft);font-weight:600;white-space:nowrap;text-wrap-style:balance;border-bottom:2px solid var(--line)}
    tbody th{font-weight:600}
    td .keep,th .keep{white-space:nowrap}
    td.long{min-width:15rem}
    .short,.id{white-space:nowrap}
    .half{min-width:7em}
    .wide{font-size:.8125rem}.wide th,.wide td{padding-right:.6rem}.wide .num{padding-right:1rem}
    .wide th:last-child,.wide td:last-child{padding-right:0}
    kbd{font:.875em ui-monospace,"SFMono-Regular",Menlo,Consolas,monospace;background:var(--wash);
    border:1px solid var(--line);border-radius:.2rem;padding:0 .3em;white-space:nowrap}
    td code{display:block;min-width:17rem}
    .num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;padding-right:1.5rem}
    code{font:.8125rem/1.5 ui-monospace,"SFMono-Regular",Menlo,Consolas,monospace;overflow-wrap:anywhere;
    word-break:break-all}
    figure{margin:.25rem 0 0}
    figcaption{color:var(--soft);font-size:.875rem}
    svg{display:block;width:100%;min-width:40rem;height:auto}
    .label{fill:var(--ink);font:12px system-ui,"Hiragino Sans","Noto Sans JP","Noto Sans CJK JP",sans-serif}
    .small{fill:var(--soft);font-size:11px}
    .strong{font-weight:650}
    .grid{stroke:var(--line);stroke-width:1}
    .axis{stroke:var(--soft);stroke-width:1}
    .line{fill:none;stroke-width:2.25;stroke-linejoin:round}
    .s-handled{stroke:var(--none)}
    .s-authorised{stroke:var(--within);stroke-dasharray:6 4}
    .s-possible{stroke:var(--unknown);stroke-dasharray:2 3}
    .volume1{fill:var(--v1)}.volume2{fill:var(--v2)}.volume3{fill:var(--v3)}.volume4{fill:var(--v4)}
    .volume5{fill:var(--v5)}
    .coverage1{fill:var(--c1)}.coverage2{fill:var(--c2)}.coverage3{fill:var(--c3)}.coverage4{fill:var(--c4)}
    .coverage5{fill:var(--c5)}
    .cell-none{fill:var(--blank)}
    .mark-within{fill:var(--within)}.mark-exceeded{fill:var(--exceeded)}.mark-none{fill:var(--none)}
    .mark-unknown{fill:none;stroke:var(--unknown);stroke-width:2}
    .box{fill:var(--wash);stroke:var(--line)}
    .box.alarm{fill:var(--alarm);stroke:var(--none);stroke-dasharray:4 3}
    .box.actor{stroke:var(--none);stroke-width:2;stroke-dasharray:none}
    .link{fill:none;stroke:var(--soft);stroke-width:1}
    .tip{fill:var(--soft)}
    footer{margin-top:3rem;border-top:1px solid var(--line);color:var(--soft);font-size:.8125rem}
    @media (max-width:68rem){thead th,thead th.num{white-space:normal;min-width:4.4em}td.long{min-width:11rem}
    .wide th,.wide td,.wide .num{padding-right:.5rem}.half{min-width:5.5em}
    .wide td .keep{display:inline-block;min-width:11ch;white-space:normal;word-break:keep-all;
    overflow-wrap:normal}}
    @media (max-width:40rem){body{padding:1rem .9rem 2rem}h1{font-size:1.375rem}
    .fields div{grid-template-columns:1fr}.cards{grid-template-columns:1fr 1fr}
    .cards dd{font-size:1.0625rem}dd .keep{white-space:normal;word-break:keep-all;overflow-wrap:anywhere}td.long{min-width:12rem}
    .stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
    .stack,.stack tbody,.stack tr,.stack th,.stack td{display:block;width:auto;max-width:none;min-width:0}
    .stack tr{padding:.5rem 0;border-bottom:1px solid var(--line)}
    .stack tbody th,.stack tbody td,.stack .num{border:0;padding:.15rem 0;text-align:left;white-space:normal}
    .stack [data-label]::before{content:attr(data-label);display:block;color:var(--soft);font-weight:400;
    font-size:.75rem}}
    @page{size:A4;margin:17mm 15mm 18mm;
    @bottom-right{content:counter(page) " / " counter(pages);font:8pt sans-serif;color:#55606d}}
    @media print{:root{color-scheme:light;--paper:#fff;--ink:#1c2127;--soft:#55606d;--line:#c8cfd6;
    --wash:#f5f7f9;--accent:#1f4e79;--within:#0f766e;--exceeded:#b45309;--none:#b42318;--unknown:#57606a;
    --alarm:#fdecea;--v1:#dbe7f3;--v2:#a9c8e4;--v3:#6da2cf;--v4:#3477ae;--v5:#12466f;
    --c1:#b42318;--c2:#d97757;--c3:#e8c07d;--c4:#a8cfae;--c5:#4c9a6a;--blank:#eceff2}
    html{font-size:9.5pt}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
    body{max-width:none;padding:0;line-height:1.5}nav{display:none}
    h2{margin-top:1.4rem}h2,h3{break-after:avoid}h2,h3,figure{break-inside:avoid}
    h2::after,h3::after,figure::after{content:"";display:block;height:11rem;margin-bottom:-11rem}
    .scroll:not(:has(tbody tr:nth-child(6))){break-inside:avoid}
    thead,tbody tr:first-child{break-after:avoid}tbody tr:nth-last-child(2){break-after:avoid}tr,figure,.fields div,.cards div{break-inside:avoid}
    thead{display:table-header-group}.scroll{overflow:visible;background:none}svg{min-width:0}
    table{font-size:7.5pt}th,td,td.long,td code{min-width:0;overflow-wrap:anywhere;padding-right:.4rem}
    td .keep,th .keep,.num{white-space:normal;word-break:keep-all;overflow-wrap:normal}
    .half{min-width:4.5em}.wide{font-size:7pt}.wide th,.wide td{padding-right:.3rem}.wide .num{padding-right:.7rem}
    thead th{white-space:normal}code{font-size:7pt}a{color:inherit;text-decoration:none}}

    """
}
