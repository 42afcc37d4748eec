"""How the page looks: on a screen, light or dark, on a telephone, and on paper."""

CSS = """
:root { color-scheme: light dark; --ink: #1b1d22; --soft: #5b616e; --ground: #ffffff; --line: #d4d8df;
  --shade: #f4f6f9; --link: #0b5ea8; --good: #1a7f37; --odd: #8a6100; --bad: #b3261e; --far: #8b3fa0; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e7e9ee; --soft: #a4abb8; --ground: #16181d; --line: #3a3f4a; --shade: #20242b; --link: #7db7f2;
    --good: #6fce88; --odd: #e2b94f; --bad: #ff8f86; --far: #d6a2e6; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main, header { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2rem; }
main { padding-bottom: 3rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; margin: 2.4rem 0 .6rem; padding-top: .6rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.4rem 0 .4rem; overflow-wrap: anywhere; }
p, li { overflow-wrap: anywhere; max-width: 50rem; }
nav ul { padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; }
a { color: var(--link); }
.soft { color: var(--soft); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; margin: .6rem 0; }
caption { text-align: left; color: var(--soft); padding-bottom: .4rem; }
th, td { text-align: left; padding: .28rem .7rem; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; }
tbody th[scope=row] { font-weight: 400; }
thead th { border-bottom: 2px solid var(--soft); vertical-align: bottom; }
tbody th[scope=rowgroup] { background: var(--shade); }
.n { text-align: right; }
td, tbody th.n { white-space: nowrap; }
tbody th[scope=row] { min-width: 9rem; }
td.why { white-space: normal; min-width: 20rem; overflow-wrap: anywhere; }
.best { font-weight: 700; }
.good { color: var(--good); } .odd { color: var(--odd); } .bad { color: var(--bad); } .far { color: var(--far); }
.caution { border-left: 4px solid var(--odd); padding: .1rem .8rem; background: var(--shade); }
figure { margin: 1.4rem 0; break-inside: avoid; }
figure img { max-width: 100%; height: auto; background: #ffffff; border: 1px solid var(--line); border-radius: 4px; }
figcaption { color: var(--soft); max-width: 50rem; }
figcaption b { color: var(--ink); }
details { border: 1px solid var(--line); border-radius: 4px; padding: .3rem .8rem; margin: .5rem 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
summary { cursor: pointer; overflow-wrap: anywhere; }
pre { background: var(--shade); padding: .7rem .9rem; overflow-x: auto; font: .8125rem/1.45 ui-monospace, monospace; }
@media print {
  body { font-size: 10pt; } main, header { max-width: none; padding: 0; } nav { display: none; }
  table { font-size: 8pt; } th, td { padding: .15rem .35rem; } thead { display: table-header-group; }
  table.many { font-size: 5.5pt; } .many th, .many td { padding: .1rem .15rem; }
  .many thead th { overflow-wrap: anywhere; }
  tr { break-inside: avoid; } h2, h3 { break-after: avoid; } .wide { overflow: visible; }
  td, tbody th.n { white-space: normal; } td.why, tbody th[scope=row] { min-width: 0; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; } details::details-content { content-visibility: visible; }
}
""".strip()
