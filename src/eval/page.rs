//! The report as one HTML page: tables and plots, without a network and without scripts.

use crate::eval::record::Plan;
use crate::eval::report::{COLUMNS, Length, Report, RunReport, length_row, percent, time};
use crate::units::bytes;

/// The page's own style. Colours are named once for light and once for dark.
const STYLE: &str = "\
:root{color-scheme:light dark;--page:#fcfcfb;--ink:#0b0b0b;--soft:#52514e;--line:#dedcd6;--a:#2a78d6;--b:#eb6834;--c:#1baf7a;--d:#4a3aa7}
@media (prefers-color-scheme:dark){:root{--page:#1a1a19;--ink:#f4f3ef;--soft:#b5b3ab;--line:#3a3a37;--a:#3987e5;--b:#d95926;--c:#199e70;--d:#9085e9}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:56rem;margin:0 auto;padding:2rem 1rem 4rem}
h1{font-size:1.6rem;margin:0 0 .25rem}
h2{font-size:1.2rem;margin:2.5rem 0 .5rem}
h3{font-size:1rem;margin:1.75rem 0 .5rem}
p{margin:.25rem 0;max-width:46rem}
.soft{color:var(--soft)}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;margin:.75rem 0}
th,td{padding:.3rem .9rem .3rem 0;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}
th{font-weight:600;color:var(--soft)}
.n{text-align:right;white-space:nowrap}
svg{display:block;width:100%;min-width:32rem;height:auto;margin:.5rem 0}
svg text{fill:var(--ink);font:13px system-ui,sans-serif;font-variant-numeric:tabular-nums}
svg .s{fill:var(--soft)}
svg .g{stroke:var(--line)}
svg .w{stroke:var(--ink);stroke-width:1.5}
svg .p{fill:var(--page);stroke:var(--ink);stroke-width:1.5}
.a{fill:var(--a)}.b{fill:var(--b)}.c{fill:var(--c)}.d{fill:var(--d)}
.key{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:.25rem 0;color:var(--soft);font-size:.9rem}
.key svg{display:inline-block;width:.9rem;min-width:0;height:.9rem;margin:0 .35rem 0 0;vertical-align:-.1rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1.25rem;font-size:.9rem}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
";

/// The classes of colours, in the order in which runs take them.
const COLOURS: [&str; 4] = ["a", "b", "c", "d"];
/// The width of plots, and where their bars begin and end.
const WIDTH: f64 = 890.0;
const LEFT: f64 = 310.0;
const RIGHT: f64 = 820.0;

/// The page.
#[must_use]
pub fn page(report: &Report) -> String {
    let mut body = String::new();
    let models: Vec<_> = report.runs.iter().map(|run| run.model.as_str()).collect();
    let title = format!("dscoder eval: {}", models.join(", "));
    body += &format!("<h1>{}</h1>\n", escape(&title));
    body += &format!("<p class=soft>Made by dscoder {}.</p>\n", escape(report.dscoder));
    body += &shares(report);
    for run in &report.runs {
        body += &lengths(run);
    }
    body += &spent(report);
    for (index, run) in report.runs.iter().enumerate() {
        body += &details(run, index);
    }
    format!(
        "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n<meta name=viewport content=\"width=device-width\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n<main>\n{body}</main>\n</html>\n",
        escape(&title)
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn colour(index: usize) -> &'static str {
    COLOURS[index % COLOURS.len()]
}

/// An entry of the key: a mark and its meaning.
fn key(marks: &[(String, String)]) -> String {
    let entry = |(mark, words): &(String, String)| {
        format!("<span><svg viewBox=\"0 0 14 14\" aria-hidden=true>{mark}</svg>{}</span>", escape(words))
    };
    format!("<div class=key>{}</div>\n", marks.iter().map(entry).collect::<String>())
}

fn square(class: &str) -> String {
    format!("<rect class={class} width=14 height=14 rx=2 />")
}

fn diamond(x: f64, y: f64) -> String {
    format!("<path class=p d=\"M{x:.1} {:.1}l6 6l-6 6l-6-6z\"/>", y - 6.0)
}

fn text(x: f64, y: f64, class: &str, anchor: &str, words: &str) -> String {
    format!("<text x={x:.1} y={y:.1} class=\"{class}\" text-anchor={anchor}>{}</text>\n", escape(words))
}

/// A bar that begins at the left, with a rounded end, and what it is in a tooltip.
fn bar(y: f64, length: f64, height: f64, class: &str, words: &str) -> String {
    if length <= 0.0 {
        return String::new();
    }
    format!(
        "<rect x={LEFT:.1} y={y:.1} width={:.1} height={height:.1} rx=2 class={class}><title>{}</title></rect>\n",
        length,
        escape(words)
    )
}

/// A plot with this height and a name for those who do not see it.
fn plot(height: f64, name: &str, content: &str) -> String {
    format!(
        "<div class=wide><svg viewBox=\"0 0 {WIDTH} {height:.0}\" role=img aria-label=\"{}\">\n{content}</svg></div>\n",
        escape(name)
    )
}

/// Lines at parts of a whole, with labels below.
fn grid(top: f64, bottom: f64, marks: &[(f64, String)]) -> String {
    let line = |(part, words): &(f64, String)| {
        let x = LEFT + part * (RIGHT - LEFT);
        format!("<line class=g x1={x:.1} x2={x:.1} y1={top:.1} y2={bottom:.1} />\n")
            + &text(x, bottom + 16.0, "s", "middle", words)
    };
    marks.iter().map(line).collect()
}

/// The measured shares beside the published ones.
fn shares(report: &Report) -> String {
    let mut groups: Vec<(String, Vec<(usize, &crate::eval::report::Figure)>)> = Vec::new();
    for (index, run) in report.runs.iter().enumerate() {
        for suite in &run.suites {
            for figure in &suite.figures {
                let name = format!("{}: {}", suite.suite.words(), figure.measure.words());
                match groups.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, figures)) => figures.push((index, figure)),
                    None => groups.push((name, vec![(index, figure)])),
                }
            }
        }
    }
    if groups.is_empty() {
        return String::new();
    }
    let (mut content, mut y) = (String::new(), 6.0);
    let bars: usize = groups.iter().map(|(_, figures)| figures.len()).sum();
    let bottom = y + bars as f64 * 24.0 + groups.len() as f64 * 12.0;
    content += &grid(y, bottom, &[0, 25, 50, 75, 100].map(|mark| (f64::from(mark) / 100.0, format!("{mark} %"))));
    let at = |share: f64| LEFT + share * (RIGHT - LEFT);
    let mut has_published = false;
    for (name, figures) in &groups {
        y += 6.0;
        let middle = y + figures.len() as f64 * 12.0;
        content += &text(LEFT - 12.0, middle + 4.0, "", "end", name);
        for (index, figure) in figures {
            let words = format!("{}, {}: {}", report.runs[*index].model, name, percent(figure.share));
            content += &bar(y + 3.0, at(figure.share) - LEFT, 18.0, colour(*index), &words);
            let (low, high) = (at(figure.interval.low), at(figure.interval.high));
            let across = y + 12.0;
            content += &format!(
                "<path class=w fill=none d=\"M{low:.1} {across:.1}H{high:.1}M{low:.1} {:.1}v8M{high:.1} {:.1}v8\"/>\n",
                across - 4.0,
                across - 4.0
            );
            if let Some(published) = figure.published {
                has_published = true;
                content += &diamond(at(published / 100.0), across);
            }
            content += &text(RIGHT + 12.0, across + 4.0, "", "start", &percent(figure.share));
            y += 24.0;
        }
        y += 6.0;
    }
    let mut marks: Vec<_> =
        report.runs.iter().enumerate().map(|(index, run)| (square(colour(index)), run.model.clone())).collect();
    marks.push(("<path class=w fill=none d=\"M1 7H13M1 3v8M13 3v8\"/>".to_owned(), "95 % interval".to_owned()));
    if has_published {
        let mut rows: Vec<_> = report.runs.iter().filter_map(|run| run.row).map(|row| row.to_string()).collect();
        rows.dedup();
        marks.push((diamond(7.0, 7.0), format!("published for {}", rows.join(", "))));
    }
    let mut out = "<h2>Shares by suite</h2>\n".to_owned() + &key(&marks);
    out += &plot(bottom + 28.0, "shares by suite, measured and published", &content);
    let mut remarks: Vec<_> = report.runs.iter().flat_map(RunReport::remarks).collect();
    remarks.dedup();
    out + &remarks.iter().map(|remark| format!("<p class=soft>{}</p>\n", escape(remark))).collect::<String>()
}

/// Exact answers by the length of the hole.
fn lengths(run: &RunReport) -> String {
    let mut out = String::new();
    for suite in run.suites.iter().filter(|suite| suite.lengths.len() > 1) {
        out += &format!(
            "<h2>Exact answers by the length of the hole</h2>\n<p class=soft>{}, {}</p>\n",
            escape(&run.model),
            escape(&suite.suite.words())
        );
        let marks = [("a", "first line right"), ("c", "all of it right")];
        out += &key(&marks.map(|(class, words)| (square(class), words.to_owned())));
        let bottom = 6.0 + suite.lengths.len() as f64 * 56.0;
        let mut content =
            grid(6.0, bottom, &[0, 25, 50, 75, 100].map(|mark| (f64::from(mark) / 100.0, format!("{mark} %"))));
        for (index, length) in suite.lengths.iter().enumerate() {
            content += &pair(length, 12.0 + index as f64 * 56.0);
        }
        out += &plot(bottom + 28.0, "exact answers by the length of the hole", &content);
    }
    out
}

fn pair(length: &Length, y: f64) -> String {
    let mut out = text(LEFT - 12.0, y + 19.0, "", "end", &length.length);
    let samples = if length.samples == 1 { "1 hole".to_owned() } else { format!("{} holes", length.samples) };
    out += &text(LEFT - 12.0, y + 36.0, "s", "end", &samples);
    for (row, (part, class, words)) in
        [(length.first_line, "a", "first line right"), (length.whole, "c", "all right")].into_iter().enumerate()
    {
        let share = part as f64 / length.samples.max(1) as f64;
        let top = y + 2.0 + row as f64 * 22.0;
        let title = format!("{}, {words}: {part} of {}", length.length, length.samples);
        out += &bar(top, share * (RIGHT - LEFT), 18.0, class, &title);
        out += &text(RIGHT + 12.0, top + 13.0, "", "start", &percent(share));
    }
    out
}

/// A row of the plot of what runs took: its label, its value, and that in words.
type Taken = (String, f64, String, &'static str);

/// What the runs took.
fn spent(report: &Report) -> String {
    let (mut times, mut sizes): (Vec<Taken>, Vec<Taken>) = (Vec::new(), Vec::new());
    for (index, run) in report.runs.iter().enumerate() {
        let class = colour(index);
        let name = |what: &str| if report.runs.len() > 1 { format!("{}: {what}", run.model) } else { what.to_owned() };
        if let Some(spent) = run.spent {
            times.push((name("generating answers"), spent.seconds, time(spent.seconds), class));
        }
        let programs: f64 = run.suites.iter().map(|suite| suite.seconds).sum();
        if programs > 0.0 {
            times.push((name("programs, one by one"), programs, time(programs), class));
        }
        let file = run.settings.as_ref().and_then(|plan| plan.model_bytes);
        let peak = run.spent.and_then(|spent| spent.peak_memory_bytes);
        for (what, size) in [("file of the model", file), ("peak while generating", peak)] {
            if let Some(size) = size {
                sizes.push((name(what), size as f64, bytes(size), class));
            }
        }
    }
    let mut out = String::new();
    for (title, rows) in [("Time", times), ("Memory", sizes)] {
        let most = rows.iter().map(|row| row.1).fold(0.0, f64::max);
        if rows.is_empty() || most <= 0.0 {
            continue;
        }
        let mut content = String::new();
        for (index, (name, value, words, class)) in rows.iter().enumerate() {
            let y = index as f64 * 28.0;
            content += &text(LEFT - 12.0, y + 19.0, "", "end", name);
            content += &bar(y + 5.0, value / most * (RIGHT - LEFT) * 0.9, 18.0, class, &format!("{name}: {words}"));
            content += &text(LEFT + value / most * (RIGHT - LEFT) * 0.9 + 10.0, y + 19.0, "", "start", words);
        }
        out += &format!("<h2>{title}</h2>\n");
        out += &plot(rows.len() as f64 * 28.0 + 6.0, title, &content);
    }
    out
}

fn row(cells: &[String], tag: &str, numbers: &[usize]) -> String {
    let cell = |(index, text): (usize, &String)| {
        let class = if numbers.contains(&index) { " class=n" } else { "" };
        format!("<{tag}{class}>{}</{tag}>", escape(text))
    };
    format!("<tr>{}</tr>\n", cells.iter().enumerate().map(cell).collect::<String>())
}

/// The figures of a run, and its settings.
fn details(run: &RunReport, index: usize) -> String {
    let mut out = format!("<h2>{}</h2>\n", escape(&run.about()));
    if let Some(took) = run.took() {
        out += &format!("<p class=soft>{}</p>\n", escape(&took));
    }
    out += "<div class=wide><table>\n";
    out += &row(&COLUMNS.map(str::to_owned), "th", &[2, 3, 4]);
    run.rows().iter().for_each(|cells| out += &row(cells, "td", &[2, 3, 4]));
    out += "</table></div>\n";
    for suite in run.suites.iter().filter(|suite| suite.lengths.len() > 1) {
        out +=
            &format!("<h3>{}, by the length of the hole</h3>\n<div class=wide><table>\n", escape(&suite.suite.words()));
        out += &row(&["length", "first line", "exact", "samples"].map(str::to_owned), "th", &[1, 2, 3]);
        suite.lengths.iter().for_each(|length| out += &row(&length_row(length), "td", &[1, 2, 3]));
        out += "</table></div>\n";
    }
    if let Some(plan) = &run.settings {
        out += &format!("<h3 id=settings-{index}>Settings</h3>\n<dl>\n");
        for (name, value) in settings(plan) {
            out += &format!("<dt>{name}</dt><dd>{}</dd>\n", escape(&value));
        }
        out += "</dl>\n";
    }
    out
}

fn settings(plan: &Plan) -> Vec<(&'static str, String)> {
    let suites: Vec<_> = plan.suites.iter().map(|suite| suite.name()).collect();
    let mut rows = vec![("dscoder", plan.dscoder.clone()), ("model", plan.model.clone())];
    rows.extend(plan.model_sha256.map(|digest| ("SHA-256 of the model", digest.to_string())));
    rows.extend(plan.endpoint.clone().map(|url| ("endpoint", url)));
    rows.extend([
        ("suites", suites.join(", ")),
        ("problems", plan.problems.to_string()),
        ("SHA-256 of the prompts", plan.prompts_sha256.to_string()),
        ("rules", plan.mode.words().to_owned()),
        ("samples of each problem", plan.samples.to_string()),
        ("temperature", plan.temperature.to_string()),
        ("seed", plan.seed.to_string()),
        ("prompts in parallel", plan.parallel.to_string()),
        ("GPU layers", plan.gpu_layers.clone()),
    ]);
    rows.extend(plan.max_tokens.map(|tokens| ("longest answer", format!("{tokens} tokens"))));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::paper::Size;
    use crate::eval::report::tests::report;

    #[test]
    fn a_page_needs_nothing_else_and_says_what_the_table_says() {
        let report = report(Some(Size::B6));
        let page = page(&report);
        // The name of a model is a stranger's.
        assert!(page.contains("m&lt;b&gt;.gguf") && !page.contains("m<b>"));
        for foreign in ["<script", "http", "url(", "@import", "src="] {
            assert!(!page.contains(foreign), "{foreign}");
        }
        for cell in report.runs[0].rows().iter().flatten() {
            assert!(page.contains(&escape(cell)), "{cell}");
        }
        for words in [
            "95 % interval",
            "published for 6.7b-base",
            "2 tokens/s",
            "1 to 10 characters",
            "prefers-color-scheme:dark",
        ] {
            assert!(page.contains(words), "{words}");
        }
        // A bar for each figure, each share of a length but the one that is 0, two times and a size.
        let count = |what: &str| page.matches(what).count();
        assert_eq!(count("<rect x="), 4 + 3 + 3);
        assert_eq!(count("<svg "), count("</svg>"));
        assert_eq!(page.matches("class=p").count(), 2 + 1);
    }

    #[test]
    fn a_share_is_as_long_as_it_is_large() {
        let page = page(&report(None));
        let half = (RIGHT - LEFT) / 2.0;
        let bars: Vec<_> = page.matches(&format!("<rect x={LEFT:.1} ")).collect();
        assert!(!bars.is_empty());
        assert!(page.contains(&format!(
            "width={half:.1} height=18.0 rx=2 class=a><title>m&lt;b&gt;.gguf, Infilling, single line: pass: 50.0 %"
        )));
    }
}
