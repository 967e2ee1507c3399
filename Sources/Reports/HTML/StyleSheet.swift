/// The style of report.html. Colours are variables, so that light and dark differ in one place; no signal is carried
/// by colour alone.
enum StyleSheet {
    static let text = """
        :root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--dim:#5d6773;--line:#dde2e8;--card:#f6f8fa;
        --good:#1a7f37;--bad:#c62828;--unknown:#8a6100;--goodbg:#d9f2e0;--badbg:#fbdcdc;--unknownbg:#fbeec7;
        --acked:#2f6fb7;--sent:#7b8794;--retried:#d97706;--dedup:#7c3aed;--failed:#c62828;--gap:#000;--band:#e8590c}
        @media(prefers-color-scheme:dark){:root{--bg:#0f1419;--fg:#e4e9ef;--dim:#9aa6b2;--line:#2b333d;--card:#171d24;
        --good:#57c478;--bad:#ff7b72;--unknown:#e3b341;--goodbg:#12351f;--badbg:#4a1a1a;--unknownbg:#3d3009;
        --acked:#6cb0f5;--sent:#8b98a5;--retried:#f0a04b;--dedup:#b794f6;--failed:#ff7b72;--gap:#fff;--band:#ff922b}}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:1100px;padding:16px;background:var(--bg);color:var(--fg);
        font:15px/1.45 system-ui,sans-serif;overflow-wrap:break-word}
        h1{font-size:1.5rem;margin:0 0 4px}h2{font-size:1.2rem;margin:36px 0 2px}
        h3{font-size:.95rem;margin:22px 0 6px}
        p{margin:4px 0}code{font:.88em ui-monospace,monospace;overflow-wrap:anywhere}a{color:var(--acked)}.dim{color:var(--dim)}
        .passed{color:var(--good)}.failed{color:var(--bad)}.inconclusive{color:var(--unknown)}
        td code{overflow-wrap:break-word}
        .worst{list-style:none;margin:14px 0 0;padding:8px 12px;border:1px solid var(--line);border-radius:8px;background:var(--card)}
        .worst li{padding:3px 0 3px 20px;text-indent:-20px;overflow-wrap:anywhere}.worst b{display:inline-block;width:16px;text-indent:0}
        .contents{margin:12px 0 0;font-size:.9rem}.contents>span{display:inline-block;margin-right:14px}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;margin:6px 0;font-size:.9rem}
        th,td{padding:4px 10px 4px 0;text-align:left;vertical-align:top}
        th{font-weight:600;color:var(--dim);white-space:nowrap}td.n{text-align:right;white-space:nowrap;
        font-variant-numeric:tabular-nums}
        tr+tr>td,thead+tr>td{border-top:1px solid var(--line)}
        .heat td{padding:2px;border:0}.heat th{font-size:.8rem;font-weight:500;padding:4px 8px 4px 2px}
        .hot{display:block;min-width:104px;padding:6px 10px;border-radius:6px;text-decoration:none;color:var(--fg);
        margin:1px 0}
        .hot b{display:block;font-variant-numeric:tabular-nums}.hot small{display:block;line-height:1.25}
        .hot.good{background:var(--goodbg)}.hot.bad{background:var(--badbg)}.hot.unknown{background:var(--unknownbg)}
        .hot:hover,.hot:focus{outline:2px solid var(--acked)}
        details.cell{border:1px solid var(--line);border-radius:8px;margin:8px 0;background:var(--card);
        content-visibility:auto;contain-intrinsic-size:auto 56px}
        details.cell>summary{padding:10px 14px;cursor:pointer;list-style-position:outside;margin-left:18px}
        summary b{margin-right:8px}summary .why{display:block;color:var(--dim);font-size:.9rem}
        .inside{padding:0 14px 16px;border-top:1px solid var(--line);background:var(--bg);border-radius:0 0 8px 8px}
        a.anchor{scroll-margin-top:70px}
        .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:4px 26px}
        figure{margin:14px 0 0;min-width:0}figcaption{font-size:.85rem;font-weight:600}
        .key{font-weight:400;margin-left:12px;white-space:nowrap}
        .key::before{content:"";display:inline-block;width:9px;height:9px;border-radius:50%;margin-right:4px;
        background:var(--c)}
        .plot{position:relative;height:120px;margin:6px 18px 22px 50px}.tall .plot{height:190px}
        .plot svg{position:absolute;inset:0;width:100%;height:100%;overflow:visible}
        .plot i{position:absolute;font:normal .72rem/1 system-ui,sans-serif;color:var(--dim);white-space:nowrap}
        .plot i.y{right:100%;margin-right:6px;transform:translateY(-50%)}
        .plot i.x{top:100%;margin-top:6px;transform:translateX(-50%)}
        .grid{stroke:var(--line);fill:none;vector-effect:non-scaling-stroke}
        .band{fill:var(--band);opacity:.16}
        .moment{stroke:var(--band);stroke-width:1.5;stroke-dasharray:3 3;fill:none;vector-effect:non-scaling-stroke}
        .c-acked{--c:var(--acked)}.c-sent{--c:var(--sent)}.c-retried{--c:var(--retried)}.c-dedup{--c:var(--dedup)}
        .c-failed{--c:var(--failed)}.c-gap{--c:var(--gap)}.c-band{--c:var(--band)}.c-epoch{--c:var(--dim)}
        .line,.bars,.dots,.area{vector-effect:non-scaling-stroke;stroke:var(--c);fill:none}
        .line.ref{stroke-dasharray:6 4}.line{stroke-width:1.5}.bars{stroke-width:2}.dots{stroke-width:4.5;stroke-linecap:round}
        .dots.c-retried,.dots.c-dedup,.dots.c-failed,.dots.c-gap{stroke-width:7}
        .area{fill:var(--c);fill-opacity:.28;stroke-width:1.2}
        .empty{color:var(--dim);font-size:.85rem;margin:8px 0 22px}
        .ladder{max-width:620px;border:1px solid var(--line);border-radius:8px;padding:10px 12px;margin:12px 0}
        .ladder svg{width:100%;height:auto;display:block}.ladder p{font-size:.9rem}
        .ladder text{fill:var(--fg);font:10px system-ui,sans-serif;text-anchor:middle}
        .ladder .end{font-weight:600;font-size:11px}.ladder .dim,.ladder .remark{fill:var(--dim)}
        .ladder .remark{font-style:italic}.ladder .label,.ladder .remark,.ladder .lost{paint-order:stroke;stroke:var(--bg);stroke-width:3px}
        .ladder .t{text-anchor:end;fill:var(--dim);font-size:9px}.ladder .t.right{text-anchor:start}
        .ladder .lost{fill:var(--bad);font-weight:600}.ladder .rail{stroke:var(--dim);fill:none}
        .ladder .mid{stroke:var(--line);stroke-dasharray:2 4}
        .arrow{stroke:var(--c);stroke-width:1.6;fill:none}.tip{fill:var(--c)}
        .cross{stroke:var(--bad);stroke-width:2.2;fill:none}
        .doubts{border-left:4px solid var(--unknown);padding:6px 12px;background:var(--unknownbg);margin:10px 0}
        .doubts ul{margin:2px 0;padding-left:18px}
        .facts{display:flex;flex-wrap:wrap;gap:4px 22px;margin:10px 0;font-size:.9rem}
        .facts b{font-variant-numeric:tabular-nums}
        .neighbours{font-size:.82rem}.guilty td{font-weight:600}
        @media(max-width:560px){body{padding:10px}.inside{padding:0 8px 12px}.plot{margin-left:44px}
        table.wide{display:block;overflow-x:auto}}
        @media print{details.cell{break-inside:avoid}}
        """
}
