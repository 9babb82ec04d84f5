//! Jupyter notebooks (nbformat 4): the code cells as one program, and the source of one of them written anew.
//!
//! A notebook is changed by replacing the bytes of one source. Everything else stays as it is, byte for byte.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::text::dialect::{self, Dialect};

/// A notebook.
#[derive(Debug, Clone)]
pub struct Notebook {
    text: String,
    cells: Vec<Cell>,
    language: &'static Dialect,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cell {
    /// Whether it is a code cell.
    is_code: bool,
    /// Its source, decoded.
    source: String,
    /// Where the JSON of its source is.
    at: std::ops::Range<usize>,
}

/// Where a gap is: in which cell, and what of it is before the gap and behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellGap {
    /// The index of the cell.
    pub cell: usize,
    /// The source before the gap.
    pub prefix: String,
    /// The source behind the gap.
    pub suffix: String,
}

#[derive(Deserialize)]
struct RawNotebook<'a> {
    nbformat: u32,
    #[serde(borrow)]
    cells: Vec<&'a RawValue>,
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct RawCell<'a> {
    cell_type: String,
    #[serde(borrow)]
    source: &'a RawValue,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Metadata {
    language_info: Info,
    kernelspec: Info,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Info {
    name: Option<String>,
    language: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Source {
    Text(String),
    Lines(Vec<String>),
}

fn decoded(json: &str) -> Result<String, String> {
    match serde_json::from_str(json) {
        Ok(Source::Text(text)) => Ok(text),
        Ok(Source::Lines(lines)) => Ok(lines.concat()),
        Err(_) => Err("a source is neither a string nor a list of strings".to_owned()),
    }
}

impl Notebook {
    /// Reads the JSON of a notebook.
    ///
    /// # Errors
    /// Why it is none.
    pub fn parse(text: &str) -> Result<Notebook, String> {
        let raw: RawNotebook<'_> =
            serde_json::from_str(text).map_err(|error| format!("it is not a Jupyter notebook: {error}"))?;
        if raw.nbformat != 4 {
            return Err(format!("its format is {}, and 4 is needed: `jupyter nbconvert` converts it", raw.nbformat));
        }
        let start = text.as_ptr() as usize;
        let mut cells = Vec::new();
        for (index, cell) in raw.cells.iter().enumerate() {
            let wrong = |why: String| format!("cell {} is not as it should be: {why}", index + 1);
            let cell: RawCell<'_> = serde_json::from_str(cell.get()).map_err(|error| wrong(error.to_string()))?;
            let source = cell.source.get();
            let at = source.as_ptr() as usize - start;
            let is_code = cell.cell_type == "code";
            cells.push(Cell { is_code, source: decoded(source).map_err(wrong)?, at: at..at + source.len() });
        }
        let Metadata { language_info, kernelspec } = raw.metadata.unwrap_or_default();
        let names = [language_info.name, kernelspec.language, kernelspec.name];
        let language = names.iter().flatten().find_map(|name| dialect::named(name));
        let language = language.or_else(|| dialect::named("python")).unwrap_or(&dialect::INDENTED);
        Ok(Notebook { text: text.to_owned(), cells, language })
    }

    /// The language of its code cells: Python, unless its metadata name another one.
    #[must_use]
    pub fn language(&self) -> &'static Dialect {
        self.language
    }

    /// The source of a code cell, which is counted from 1.
    ///
    /// # Errors
    /// What there is instead.
    pub fn source(&self, number: usize) -> Result<&str, String> {
        let cell = number.checked_sub(1).and_then(|index| self.cells.get(index));
        let cell = cell.ok_or_else(|| format!("the notebook has {} cells, counted from 1", self.cells.len()))?;
        if cell.is_code {
            return Ok(&cell.source);
        }
        let code: Vec<_> = (1..=self.cells.len()).filter(|number| self.cells[number - 1].is_code).collect();
        let shown: Vec<_> = code.iter().take(20).map(ToString::to_string).collect();
        Err(format!("cell {number} is not a code cell; those are {}", shown.join(", ")))
    }

    /// The number of the only code cell whose source has `text`.
    ///
    /// # Errors
    /// That there is none, or more than one.
    pub fn cell_with(&self, text: &str) -> Result<usize, String> {
        let has = |(_, cell): &(usize, &Cell)| cell.is_code && cell.source.contains(text);
        let mut found = self.cells.iter().enumerate().filter(has).map(|(index, _)| index + 1);
        match (found.next(), found.next()) {
            (Some(number), None) => Ok(number),
            (Some(_), Some(_)) => Err(format!("{text:?} is in more than one code cell")),
            (None, _) => Err(format!("{text:?} is in no code cell")),
        }
    }

    /// The program that the code cells make up, before and behind a gap in one of them.
    #[must_use]
    pub fn program(&self, gap: &CellGap) -> (String, String) {
        let join = |cells: &[Cell]| -> Vec<String> {
            let sources = cells.iter().filter(|cell| cell.is_code).map(|cell| cell.source.trim_end());
            sources.filter(|source| !source.is_empty()).map(str::to_owned).collect()
        };
        let before: String = join(&self.cells[..gap.cell]).iter().map(|source| format!("{source}\n\n")).collect();
        let behind: String = join(&self.cells[gap.cell + 1..]).iter().map(|source| format!("\n\n{source}")).collect();
        let end = if behind.is_empty() { "" } else { "\n" };
        (before + &gap.prefix, format!("{}{behind}{end}", gap.suffix))
    }

    /// The notebook with `source` as that of the cell with this index.
    ///
    /// # Errors
    /// Why the outcome would not be the same notebook with another source. Nothing was changed then.
    pub fn with_source(&self, cell: usize, source: &str) -> Result<String, String> {
        let old = self.cells.get(cell).ok_or("there is no such cell")?;
        let json = self.encoded(&self.text[old.at.clone()], source);
        let new = format!("{}{json}{}", &self.text[..old.at.start], &self.text[old.at.end..]);
        let again = Notebook::parse(&new)?;
        let is_same = |index: usize, one: &Cell| {
            let other = &self.cells[index];
            one.is_code == other.is_code && one.source == if index == cell { source } else { &other.source }
        };
        if again.cells.len() != self.cells.len()
            || !again.cells.iter().enumerate().all(|(index, one)| is_same(index, one))
        {
            return Err("the change would damage other cells".to_owned());
        }
        Ok(new)
    }

    /// A source as JSON, in the form of `old`: a string, or a list of lines with the same white space around them.
    fn encoded(&self, old: &str, source: &str) -> String {
        // Notebooks of old tools are ASCII throughout.
        let is_ascii = self.text.is_ascii() && self.text.contains("\\u");
        let string = |text: &str| {
            let json = serde_json::to_string(text).unwrap_or_default();
            if !is_ascii {
                return json;
            }
            let mut out = String::new();
            for letter in json.chars() {
                match letter {
                    letter if letter.is_ascii() => out.push(letter),
                    letter => letter.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out += &format!("\\u{unit:04x}")),
                }
            }
            out
        };
        if !old.starts_with('[') {
            return string(source);
        }
        let lines: Vec<String> = source.split_inclusive('\n').map(string).collect();
        if lines.is_empty() {
            return "[]".to_owned();
        }
        // What is between the bracket and the first line, and between the last line and the bracket.
        let first = old.find('"').map_or("", |at| &old[1..at]);
        let last = old.rfind('"').map_or("", |at| old[at + 1..].trim_end_matches(']'));
        let (first, last) = if old.contains('"') { (first, last) } else { self.spaces() };
        let between = if first.contains('\n') { format!(",{first}") } else { ", ".to_owned() };
        format!("[{first}{}{last}]", lines.join(&between))
    }

    /// The white space of a list that has lines, in a notebook where one has none.
    fn spaces(&self) -> (&str, &str) {
        let lists = self.cells.iter().map(|cell| &self.text[cell.at.clone()]).filter(|json| json.starts_with('['));
        let with = lists
            .filter(|json| json.contains('"'))
            .find_map(|json| Some((&json[1..json.find('"')?], json[json.rfind('"')? + 1..].trim_end_matches(']'))));
        with.unwrap_or(("\n    ", "\n   "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "{\n \"cells\": [\n  {\n   \"cell_type\": \"markdown\",\n   \"source\": \"# é\"\n  },\n  {\n   \
        \"cell_type\": \"code\",\n   \"source\": [\n    \"import os\\n\",\n    \"x = 1\"\n   ],\n   \"outputs\": []\n  },\n  \
        {\"cell_type\": \"code\", \"source\": \"y = <FILL>\\nz = 2\"},\n  {\"cell_type\": \"code\", \"source\": []}\n ],\n \
        \"metadata\": {\"kernelspec\": {\"language\": \"python\"}},\n \"nbformat\": 4,\n \"nbformat_minor\": 5\n}\n";

    #[test]
    fn code_cells_are_one_program() {
        let notebook = Notebook::parse(TEXT).expect("a notebook");
        assert_eq!(notebook.source(2), Ok("import os\nx = 1"));
        assert_eq!(notebook.cell_with("<FILL>"), Ok(3));
        assert!(notebook.source(1).is_err_and(|why| why.contains("those are 2, 3, 4")));
        assert!(notebook.source(0).is_err() && notebook.source(5).is_err());
        assert!(notebook.cell_with("nowhere").is_err() && notebook.cell_with("=").is_err());
        let gap = CellGap { cell: 2, prefix: "y = ".to_owned(), suffix: "\nz = 2".to_owned() };
        let (before, behind) = notebook.program(&gap);
        assert_eq!((before.as_str(), behind.as_str()), ("import os\nx = 1\n\ny = ", "\nz = 2"));
        assert_eq!(notebook.language().name(), "python");
    }

    #[test]
    fn one_source_is_replaced_and_nothing_else() {
        let notebook = Notebook::parse(TEXT).expect("a notebook");
        let new = notebook.with_source(1, "import os\nx = \"é\"\ny = 2\n").expect("changed");
        let list = "[\n    \"import os\\n\",\n    \"x = \\\"é\\\"\\n\",\n    \"y = 2\\n\"\n   ]";
        assert_eq!(new, TEXT.replace("[\n    \"import os\\n\",\n    \"x = 1\"\n   ]", list));
        let new = notebook.with_source(2, "y = 1").expect("changed");
        assert_eq!(new, TEXT.replace("\"y = <FILL>\\nz = 2\"", "\"y = 1\""));
        let new = notebook.with_source(3, "a\nb").expect("changed");
        assert!(new.contains("\"source\": [\n    \"a\\n\",\n    \"b\"\n   ]}"), "{new}");
        assert_eq!(notebook.with_source(1, "").map(|new| new.contains("\"source\": [],")), Ok(true));
        assert_eq!(notebook.with_source(1, "import os\nx = 1").as_deref(), Ok(TEXT));
        let ascii = TEXT.replace('é', "\\u00e9");
        let new = Notebook::parse(&ascii).expect("a notebook").with_source(2, "y = '中'").expect("changed");
        assert!(new.contains(r#""y = '\u4e2d'""#) && new.is_ascii(), "{new}");
    }

    #[test]
    fn what_is_no_notebook_is_refused() {
        for text in [
            "",
            "{}",
            "[]",
            r#"{"nbformat": 3, "cells": []}"#,
            r#"{"nbformat": 4, "cells": [{"cell_type": "code"}]}"#,
            r#"{"nbformat": 4, "cells": [{"cell_type": "code", "source": 1}]}"#,
            r#"{"nbformat": 4, "cells": {}}"#,
        ] {
            assert!(Notebook::parse(text).is_err(), "{text}");
        }
    }
}
