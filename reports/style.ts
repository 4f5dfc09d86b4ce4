import {type, variables, widths} from './theme.ts';

const serif = "Charter, 'Bitstream Charter', 'Iowan Old Style', 'Palatino Linotype', Georgia, 'Liberation Serif', serif";
const mono = "ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace";

/** The page's style sheet: one column, set like an article; figures in the sans serif they are plotted in. */
export const style = `
${variables}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:17px/1.55 ${serif}}
main{max-width:${widths.wide + 48}px;margin:0 auto;padding:64px 24px 96px}
h1{font-size:34px;line-height:1.2;font-weight:600;letter-spacing:-.01em;margin:0 0 10px;overflow-wrap:anywhere}
h2{font-size:21px;line-height:1.3;font-weight:600;margin:0 0 20px}
.kicker{font:600 ${type.label}px/1 ${type.family};letter-spacing:.08em;text-transform:uppercase;color:var(--muted);margin:0 0 14px}
.scope{font:14px/1.5 ${type.family};color:var(--muted);margin:0;overflow-wrap:anywhere}
.summary{margin:36px 0 0;padding:0;max-width:44em}
.summary p{margin:0 0 .7em;overflow-wrap:anywhere}
figure,section{margin:72px 0 0}
.summary{margin-top:32px}
svg{display:block;width:100%;height:auto;overflow:visible}
svg text{white-space:pre}
svg.narrow{display:none;max-width:${widths.narrow + 70}px}
figcaption,.note{max-width:52em;margin:14px 0 0;font-size:15px;line-height:1.5;color:var(--muted);text-wrap:pretty}
figcaption b{color:var(--ink);font-weight:600}
.terms{display:block;margin-top:6px}
code,pre{font-family:${mono};font-size:.86em}
figcaption code{color:var(--ink)}
.scroll{overflow-x:auto;border-block:1.5px solid var(--ink)}
table{border-collapse:collapse;width:100%;font:13.5px/1.4 ${type.family};font-variant-numeric:tabular-nums}
th,td{padding:6px 0 6px 15px;text-align:left;vertical-align:top;font-weight:400;overflow-wrap:anywhere}
th:first-child,td:first-child{padding-left:0;min-width:7em}
thead th{font-weight:600;vertical-align:bottom;border-bottom:1px solid var(--ink);overflow-wrap:normal;hyphens:none}
.n{text-align:right;white-space:nowrap}
thead .n{white-space:normal}
td.t{min-width:9em}
td.t:not(:last-child){white-space:nowrap}
tbody tr+tr>*{border-top:1px solid var(--rule)}
.group th{font-weight:600;padding-top:18px}
tbody:first-of-type .group th{padding-top:8px}
pre{background:var(--wash);padding:14px 16px;overflow-x:auto;line-height:1.45;margin:12px 0 20px;font-size:13px}
.command{white-space:pre-wrap;overflow-wrap:anywhere}
.provenance p,.digests{overflow-wrap:anywhere}
.provenance p{margin:0 0 8px}
summary{cursor:pointer;font:14px/1.5 ${type.family};color:var(--muted)}
.digests{padding-left:1.2em;font-size:14px;line-height:1.5}
.digests code{display:block;color:var(--muted)}
@media(max-width:720px){
body{font-size:16px}
main{padding:36px 20px 64px}
h1{font-size:27px}
figure,section{margin-top:52px}
svg.wide{display:none}
svg.narrow{display:block}
}
@media print{figure,pre,tr{break-inside:avoid}main{padding:0}}
`;
