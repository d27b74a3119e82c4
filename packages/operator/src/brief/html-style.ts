/** One style for light and dark, from 320 px up; no font or picture is loaded. */
export const pageStyle = `
:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#16202c;--soft:#5a6878;--line:#dde3ea;--bad:#b3261e;--good:#1b6e3c;--mark:#9a5b00;--plot:#1f5fa8}
@media(prefers-color-scheme:dark){:root{--bg:#10151b;--card:#19212a;--ink:#e8edf2;--soft:#9aa8b7;--line:#2c3844;--bad:#ff8a80;--good:#7fd49b;--mark:#f0b45b;--plot:#7db4f0}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
header,main,footer{max-width:1120px;margin:0 auto;padding:0 20px}header{padding-top:28px}
.kicker{margin:0;color:var(--soft);font-size:13px;letter-spacing:.02em}h1{margin:.2em 0 .8em;font-size:26px;line-height:1.25;font-weight:650}
h1.nothing_wrong{color:var(--good)}h2{margin:0 0 10px;font-size:13px;text-transform:uppercase;letter-spacing:.06em;color:var(--soft)}
main{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:16px}section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px 18px;min-width:0}
.wide{grid-column:1/-1}.column{display:grid;gap:16px;align-content:start;min-width:0}.column:empty{display:none}.scroll{overflow-x:auto}.suspect+.suspect{border-top:1px solid var(--line);margin-top:14px;padding-top:14px}
.suspect h3{margin:0;font-size:17px}.suspect h3 b{color:var(--soft);margin-right:4px}.suspect em{font-style:normal;color:var(--bad)}small{color:var(--soft);font-weight:400;font-size:12px}
.share{position:relative;height:18px;margin:8px 0;background:var(--bg);border-radius:5px;overflow:hidden}.share i{position:absolute;inset:0 auto 0 0;background:var(--plot);opacity:.35}.share span{position:absolute;left:8px;top:0;line-height:18px;font-size:12px}
ul{margin:0;padding-left:0;list-style:none}.suspect li{padding-left:20px;position:relative}.suspect li::before{position:absolute;left:2px;font-weight:700}
li.for::before{content:"+";color:var(--bad)}li.against::before{content:"−";color:var(--good)}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(290px,1fr));gap:14px}.plots h2{grid-column:1/-1;margin:0}figure{margin:0;min-width:0}figcaption{font-size:13px;margin-bottom:4px}.legend{margin:0;color:var(--soft);font-size:12px;grid-column:1/-1}.key{display:inline-block;width:0;height:12px;margin:0 6px 0 0;vertical-align:-1px;border-left:2px dashed var(--bad)}.key.deploy{border-left:2px dotted var(--mark);margin-left:10px}.legend .key:first-child{margin-left:0}
svg{width:100%;height:auto;display:block}svg text{fill:var(--soft);font:11px system-ui,sans-serif}.line{fill:none;stroke:var(--plot);stroke-width:1.8}.axis{stroke:var(--line)}
.onset{stroke:var(--bad);stroke-dasharray:4 3}.deploy{stroke:var(--mark);stroke-dasharray:1 3;stroke-width:1.6}.edge{stroke:var(--soft);fill:none;opacity:.55}.edge.bad{stroke:var(--bad);opacity:1;stroke-width:1.8}
.node rect{fill:var(--bg);stroke:var(--line)}.node.bad rect{stroke:var(--bad);stroke-width:2}.node.first rect{fill:var(--bad)}.node.first text{fill:var(--card);font-weight:700}.node text{fill:var(--ink)}
table{width:100%;border-collapse:collapse;font-size:14px}td{padding:5px 8px 5px 0;border-top:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}tr:first-child td{border-top:0}td:first-child{white-space:nowrap;color:var(--soft);width:1%}td:last-child{color:var(--soft);text-align:right;white-space:nowrap;width:1%;padding-right:0}
.timeline{margin:0;padding:0;list-style:none}.timeline li{padding:4px 0 4px 14px;border-left:3px solid var(--line)}.timeline .onset{border-color:var(--bad);font-weight:600}.timeline .alert{border-color:var(--bad)}.timeline .change{border-color:var(--mark)}time{color:var(--soft);margin-right:6px;font-variant-numeric:tabular-nums}
.plain li{padding:5px 0}.plain li+li{border-top:1px solid var(--line)}.no{color:var(--bad)}code{overflow-wrap:anywhere;font-size:13px}p{margin:.3em 0}footer{padding:18px 20px 30px;color:var(--soft);font-size:13px}
@media(max-width:720px){main{grid-template-columns:minmax(0,1fr)}h1{font-size:21px}}
@media print{body{background:#fff}section{break-inside:avoid}}
`;
