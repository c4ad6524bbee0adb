//! One self-contained page of sections, tables and figures; text is escaped and every tag closed by
//! construction.
//!
//! The page loads nothing from elsewhere, and its own policy forbids it. Without scripts only the
//! animation is missing.

use crate::figure::svg::escape;
use crate::figure::svg::{figure_style, inline_figure};
use crate::page::animation::Animation;

/// A page with its title and sections.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The title of the window and of the page.
    pub title: String,
    /// The line of text under the title.
    pub subtitle: String,
    /// The sections in their order, each with a link at the top of the page.
    pub sections: Vec<Section>,
}

/// A part of a page with its heading.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// The anchor of the section: letters, digits and hyphens.
    pub id: &'static str,
    /// The heading of the section.
    pub heading: String,
    /// The content of the section.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A paragraph of text.
    Text(String),
    /// A verdict in large type.
    Badge {
        /// Whether the verdict is good.
        is_good: bool,
        /// The text of the verdict.
        text: String,
    },
    /// Findings, each with advice if there is any.
    Findings(Vec<(String, Option<String>)>),
    /// A table; cells after the first of a row are set as numbers.
    Table {
        /// The names of the columns.
        head: Vec<String>,
        /// The rows, each with as many cells as there are columns.
        rows: Vec<Vec<String>>,
    },
    /// A command line to be typed.
    Command(String),
    /// A figure with its caption.
    Figure {
        /// The figure as a complete SVG file.
        svg: String,
        /// What the figure is, for readers who cannot see it.
        label: String,
        /// The caption below the figure.
        caption: String,
        /// The files beside the page that hold the figure and its numbers.
        files: Vec<String>,
    },
    /// Moving dots, for browsers that run scripts.
    Animation(Animation),
}

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1f2328;--soft:#59636e;--paper:#fff;--plate:#f6f8fa;--edge:#d1d9e0;--link:#0969da;\
--good:#1a7f37;--bad:#bc4c00}\
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9198a1;--paper:#0d1117;--plate:#161b22;--edge:#3d444d;\
--link:#58a6ff;--good:#3fb950;--bad:#ffa657}}\
*{box-sizing:border-box}\
body{margin:0 auto;max-width:56rem;padding:1.5rem 1rem 4rem;background:var(--paper);color:var(--ink);\
font:16px/1.5 Helvetica,Arial,'DejaVu Sans',sans-serif}\
h1{font-size:1.6rem;margin:0;overflow-wrap:anywhere}h2{font-size:1.2rem;margin:2.5rem 0 .75rem;padding-top:.5rem;\
border-top:1px solid var(--edge)}\
.subtitle,figcaption,nav{color:var(--soft)}.subtitle{margin:.2rem 0 1rem;overflow-wrap:anywhere}\
nav a{margin-right:1rem}a{color:var(--link)}\
p,li{max-width:46rem}figure{margin:1rem 0 1.5rem}figure svg{max-width:100%;height:auto;display:block}\
figcaption{font-size:.9rem;max-width:46rem;margin-top:.4rem}\
.badge{display:inline-block;padding:.25rem .9rem;border:2px solid;border-radius:1rem;font-weight:600;margin:0}\
.good{color:var(--good)}.bad{color:var(--bad)}\
.try{display:block;color:var(--soft)}li{margin-bottom:.5rem}\
.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.95rem}\
th,td{padding:.3rem .9rem .3rem 0;border-bottom:1px solid var(--edge);text-align:left;vertical-align:top;\
font-variant-numeric:tabular-nums;overflow-wrap:break-word}td:first-child{white-space:nowrap}\
.files{display:block}.files a{white-space:nowrap;margin-right:.8rem}\
pre{background:var(--plate);border:1px solid var(--edge);border-radius:.4rem;padding:.6rem .8rem;white-space:pre-wrap;\
overflow-wrap:anywhere;font-size:.85rem}\
.controls{display:flex;gap:.8rem;align-items:center;max-width:40rem;margin-top:.4rem}.controls input{flex:1}\
.controls button{font:inherit;padding:.2rem .9rem}.controls output{min-width:5rem;font-variant-numeric:tabular-nums}\
.animation-dot{fill:#c2410c;fill-opacity:.6}@media (prefers-color-scheme:dark){.animation-dot{fill:#ffa657}}\
@media print{nav,.animation{display:none}}";

/// The page may load from no source: a browser enforces this even if a text were not escaped.
const POLICY: &str =
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

impl Page {
    /// The page as HTML 5, which is well-formed XML except for its first line.
    pub fn html(&self) -> String {
        let (title, subtitle) = (escape(&self.title), escape(&self.subtitle));
        let links: String = self
            .sections
            .iter()
            .map(|section| format!("<a href=\"#{}\">{}</a>\n", section.id, escape(&section.heading)))
            .collect();
        let sections: String = self.sections.iter().map(Section::html).collect();
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\"/>\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
             <title>{title}</title>\n<style>{STYLE}</style>\n<style>{}</style>\n</head>\n<body>\n\
             <header>\n<h1>{title}</h1>\n<p class=\"subtitle\">{subtitle}</p>\n<nav>{links}</nav>\n</header>\n\
             <main>\n{sections}</main>\n</body>\n</html>\n",
            figure_style()
        )
    }
}

impl Section {
    fn html(&self) -> String {
        let blocks: String = self.blocks.iter().map(Block::html).collect();
        let heading = escape(&self.heading);
        format!("<section id=\"{}\">\n<h2>{heading}</h2>\n{blocks}</section>\n", self.id)
    }
}

impl Block {
    fn html(&self) -> String {
        match self {
            Block::Text(text) => format!("<p>{}</p>\n", escape(text)),
            Block::Badge { is_good, text } => {
                let class = if *is_good { "good" } else { "bad" };
                format!("<p class=\"badge {class}\">{}</p>\n", escape(text))
            }
            Block::Findings(findings) => {
                let items: String = findings.iter().map(finding).collect();
                format!("<ul>\n{items}</ul>\n")
            }
            Block::Table { head, rows } => table(head, rows),
            Block::Command(line) => format!("<pre>{}</pre>\n", escape(line)),
            Block::Figure { svg, label, caption, files } => {
                let names: String = files.iter().map(|name| link(name)).collect();
                let svg = inline_figure(svg, label);
                format!(
                    "<figure>\n{svg}<figcaption>{} <span class=\"files\">{names}</span></figcaption>\n</figure>\n",
                    escape(caption)
                )
            }
            Block::Animation(animation) => animation.html(),
        }
    }
}

fn finding((fact, advice): &(String, Option<String>)) -> String {
    let advice =
        advice.as_ref().map(|text| format!("<span class=\"try\">What to do: {}</span>", escape(text)));
    format!("<li>{}{}</li>\n", escape(fact), advice.unwrap_or_default())
}

fn link(name: &str) -> String {
    let name = escape(name);
    format!("<a href=\"{name}\">{name}</a>\n")
}

fn table(head: &[String], rows: &[Vec<String>]) -> String {
    let cells = |tag: &str, row: &[String]| -> String {
        let cells: String = row.iter().map(|cell| format!("<{tag}>{}</{tag}>", escape(cell))).collect();
        format!("<tr>{cells}</tr>\n")
    };
    let body: String = rows.iter().map(|row| cells("td", row)).collect();
    let head =
        if head.is_empty() { String::new() } else { format!("<thead>{}</thead>\n", cells("th", head)) };
    format!("<div class=\"scroll\"><table>\n{head}<tbody>\n{body}</tbody></table></div>\n")
}
