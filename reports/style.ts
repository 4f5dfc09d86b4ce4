import {type, variables, widths} from './theme.ts';

const serif = "Charter, 'Bitstream Charter', 'Iowan Old Style', 'Palatino Linotype', Georgia, 'Liberation Serif', serif";
const mono = "ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace";

/** The page's style sheet: one column, set like an article; figures in the sans serif they are plotted in. */
export const style = `
${variables}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:17px/1.55 ${serif}}
main{overflow-wrap:anywhere;max-width:${widths.wide + 48}px;margin:0 auto;padding:64px 24px 96px}
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
.terms{display:block;margin-top:8px;columns:2 23em;column-gap:28px}
.terms>span{display:block;break-inside:avoid;margin:0 0 3px;padding-left:1em;text-indent:-1em}
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
.tools{display:flex;flex-wrap:wrap;gap:10px 18px;align-items:baseline;font:14px/1.5 ${type.family};margin:0 0 14px}
.tools[hidden]{display:none}
.tools select,.tools input{font:inherit;color:var(--ink);background:var(--paper);border:1px solid var(--muted);border-radius:3px;padding:4px 6px;max-width:min(24em,80vw)}
.pick{font:inherit;color:inherit;background:none;border:0;padding:0;text-align:left;cursor:pointer;text-decoration:underline dotted;text-underline-offset:3px}
:focus-visible{outline:2px solid var(--deep);outline-offset:2px}
.tip{position:fixed;z-index:1;max-width:min(30em,92vw);padding:5px 9px;background:var(--ink);color:var(--paper);font:13px/1.4 ${type.family};border-radius:3px;pointer-events:none;overflow-wrap:anywhere}
.bar{min-width:110px;width:24%}
.bar div{height:11px;margin-top:4px}
#told .scroll{margin:0 0 22px}
#told p{margin:0 0 14px}
h3{font-size:17px;font-weight:600;margin:26px 0 10px}
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
@media print{.tools,#point{display:none!important}figure,pre,tr{break-inside:avoid}main{padding:0}}
`;
