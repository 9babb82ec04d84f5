//! `dscoder infill` in Jupyter notebooks.

use crate::command::{Place, output};

const NOTEBOOK: &str = r##"{
 "cells": [
  {
   "cell_type": "markdown",
   "metadata": {},
   "source": [
    "# Numbers <FILL>"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": 1,
   "metadata": {},
   "outputs": [{"output_type": "stream", "text": ["1\n"]}],
   "source": [
    "import math\n",
    "x = 1"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": null,
   "metadata": {},
   "outputs": [],
   "source": [
    "def area(r):\n",
    "    <FILL>\n",
    "\n",
    "print(area(2))"
   ]
  }
 ],
 "metadata": {
  "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
 },
 "nbformat": 4,
 "nbformat_minor": 5
}
"##;

const ANSWER: &str = r#"pieces = ["return", " math.pi * r * r\n", "\nprint(area(2))"]"#;

#[test]
fn a_gap_in_a_cell_is_filled() {
    let place = Place::new();
    let model = place.script(ANSWER);
    place.write("n.ipynb", NOTEBOOK);
    let run = |arguments: &[&str]| place.run(&[&["infill", "n.ipynb", "-m", &model][..], arguments].concat());
    assert_eq!(run(&[]), output("return math.pi * r * r", "", 0));
    let expected = NOTEBOOK.replace("\"    <FILL>\\n\"", "\"    return math.pi * r * r\\n\"");
    assert_eq!(run(&["--whole"]), output(&expected, "", 0));
    assert!(run(&["--diff"]).stdout.contains("+    \"    return math.pi * r * r\\n\",\n"));
    assert_eq!(run(&["--in-place"]), output("", "", 0));
    assert_eq!(std::fs::read_to_string(place.path("n.ipynb")).expect("there"), expected);
    // The model is shown the cell before as well.
    place.write("n.ipynb", NOTEBOOK);
    let stats = run(&["--stats"]).stderr;
    assert!(
        stats.starts_with(&format!(
            "stats: prompt {} tokens",
            4 + "import math\nx = 1\n\ndef area(r):\n    \n\nprint(area(2))".len()
        )),
        "{stats}"
    );
    place.script(r#"pieces = ["y = 2\n"]"#);
    let other = run(&["--cell", "2", "--at", "2:1", "--whole"]);
    assert_eq!(other, output(&NOTEBOOK.replace("\"x = 1\"", "\"y = 2\\n\",\n    \"x = 1\""), "", 0));
}

#[test]
fn what_cannot_be_filled_is_refused() {
    let place = Place::new();
    let model = place.script(ANSWER);
    place.write("n.ipynb", NOTEBOOK);
    let run = |file: &str, arguments: &[&str]| {
        let run = place.run(&[&["infill", file, "-m", &model][..], arguments].concat());
        (run.code, run.stdout, run.stderr)
    };
    for (arguments, why) in [
        (&["--cell", "1", "--at", "1:1"][..], "cell 1 is not a code cell; those are 2, 3"),
        (&["--cell", "9", "--at", "1:1"], "the notebook has 3 cells"),
        (&["--cell", "2", "--at", "9:1"], "there is no such place in n.ipynb"),
        (&["--at", "1:1"], "places are within a cell"),
        (&["--marker", "area"], "there is no such place in n.ipynb"),
        (&["--marker", "nowhere"], "is in no code cell"),
    ] {
        let (code, out, err) = run("n.ipynb", arguments);
        assert!(code == 65 && out.is_empty() && err.contains(why), "{arguments:?}: {code} {err}");
    }
    for (text, why) in [
        ("{}", "it is not a Jupyter notebook"),
        (&NOTEBOOK.replace("\"nbformat\": 4", "\"nbformat\": 3"), "its format is 3"),
        (&NOTEBOOK[..200], "it is not a Jupyter notebook"),
    ] {
        place.write("broken.ipynb", text);
        let (code, _, err) = run("broken.ipynb", &["--in-place"]);
        assert!(code == 65 && err.contains(why), "{code} {err}");
        assert_eq!(std::fs::read_to_string(place.path("broken.ipynb")).expect("there"), text);
    }
}
