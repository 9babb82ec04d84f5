//! Where answers end, and what of them is kept, in the languages that people write. The same however an answer is cut.

use std::path::Path;

use dscoder::shape::stop::Until;
use dscoder::shape::{Shape, ShapeOptions};
use dscoder::text::dialect;

/// What of `answer` is kept behind `prefix`, in pieces of `size` bytes, and whether a rule ended it.
fn shaped(file: &str, prefix: &str, suffix: Option<&str>, until: Until, answer: &str, size: usize) -> (String, bool) {
    let whole = format!("{prefix}{}", suffix.unwrap_or_default());
    let dialect = dialect::of(Some(Path::new(file)), &whole);
    let mut shape = Shape::new(dialect, prefix, suffix, &ShapeOptions { until, stop: &[], raw: false });
    let mut out = Vec::new();
    for piece in answer.as_bytes().chunks(size) {
        let released = shape.push(piece);
        out.extend(released.bytes);
        if released.stopped.is_some() {
            out.extend(shape.finish());
            return (String::from_utf8(out).expect("text"), true);
        }
    }
    out.extend(shape.finish());
    (String::from_utf8(out).expect("text"), false)
}

/// Checks that what is before `¦` is kept of each answer.
fn complete(cases: &[(&str, &str, &str)]) {
    let mut wrong = Vec::new();
    for (file, prefix, answer) in cases {
        let expected = answer.split('¦').next().unwrap_or_default();
        let text = answer.replace('¦', "");
        for size in [1, 3, 7, text.len().max(1)] {
            let (found, _) = shaped(file, prefix, None, Until::Block, &text, size);
            if found != expected {
                wrong.push(format!("{file}, in pieces of {size}: {prefix:?}\n  found {found:?}\n    due {expected:?}"));
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn infill(file: &str, text: &str, answer: &str, expected: &str) {
    let (prefix, suffix) = text.split_once('¦').expect("a gap");
    for size in [1, 3, 7, answer.len().max(1)] {
        let (found, _) = shaped(file, prefix, Some(suffix), Until::End, answer, size);
        assert_eq!(found, expected, "{file}, in pieces of {size}: {text:?} {answer:?}");
    }
}

#[test]
fn strings_comments_and_the_like_end_no_block() {
    complete(&[
        (
            "a.rs",
            "/// Picks one.\n",
            "pub fn pick<'a, 'b>(left: &'a str, right: &'b str) -> &'a str {\n    left\n}\n¦\nfn g() {}\n",
        ),
        ("a.rs", "fn f() -> char {\n", "    let open = '{';\n    let text = r#\"}\"#;\n    open\n}\n¦\nfn g() {}\n"),
        ("a.rs", "fn f() {\n", "    let text = \"\n}\n\";\n    g(text)\n}\n¦\nfn g() {}\n"),
        ("a.rs", "fn f() {\n", "    /* } /* } */ */\n    g()\n}\n¦\nfn g() {}\n"),
        (
            "a.jsx",
            "function Greeting({ count }) {\n",
            "  return (\n    <p>\n      It's {count > 1 ? 'many' : 'one'}\n    </p>\n  );\n}\n¦\nfunction g() {}\n",
        ),
        (
            "a.tsx",
            "export const A: React.FC = () => {\n",
            "  return <B onClick={() => f('}')}>Don't {x}</B>;\n};\n¦\nconst b = 1;\n",
        ),
        (
            "a.js",
            "function f(s) {\n",
            "  const end = s.search(/}/);\n  return s.slice(0, end);\n}\n¦\nfunction g() {}\n",
        ),
        ("a.js", "function f(s) {\n", "  return /\\(/.test(s);\n}\n¦\nfunction g() {\n}\n"),
        ("a.js", "function page(x) {\n", "  const css = `\n    }\n  `;\n  return css + x;\n}\n¦\npage(1);\n"),
        ("a.ts", "function page(x: string): string {\n", "  return `${x ? `}` : \"{\"}\n}`;\n}\n¦\npage('');\n"),
        ("a.go", "func f() string {\n", "\ts := `\n}\n`\n\tr := '}'\n\treturn s + string(r)\n}\n¦\nfunc g() {}\n"),
        (
            "A.java",
            "    String f() {\n",
            "        char c = '}';\n        return \"\"\"\n    }\n\"\"\" + c;\n    }\n¦\n    int g() { return 1; }\n",
        ),
        ("a.kt", "fun f(): String {\n", "    return \"\"\"\n}\n${g(\"}\")}\"\"\"\n}\n¦\nfun g(s: String) = s\n"),
        (
            "a.swift",
            "func f() -> String {\n",
            "    let s = \"\\(g(\"}\"))\"\n    return s + \"\"\"\n}\n\"\"\"\n}\n¦\nfunc g(_ s: String) -> String { s }\n",
        ),
        ("a.c", "int f(void) {\n", "    char c = '}'; /* } */ // }\n    return puts(\"}\\\"}\");\n}\n¦\nint g;\n"),
        ("a.cpp", "int f() {\n", "    auto s = R\"(}\n})\";\n    return 1'000;\n}\n¦\nint g;\n"),
        ("a.cs", "string F() {\n", "    var s = @\"}\\\";\n    return $\"{s}}}\" + '}';\n}\n¦\nint g;\n"),
        (
            "a.rb",
            "def f\n",
            "  s = \"#{g(\"end\")} }\"\n  t = %w[end end]\n  u = <<~TEXT\n  end\n  TEXT\n  s =~ /end/\nend\n¦\ndef g\nend\n",
        ),
        (
            "a.php",
            "<?php\nfunction f() {\n",
            "  $s = \"}{$a['b']}\";\n  return <<<EOT\n}\nEOT;\n}\n¦\nfunction g() {}\n",
        ),
        ("a.sh", "f() {\n", "  cat <<EOF\n}\nEOF\n  echo \"${#x}\" '}' # }\n}\n¦\nf\n"),
        (
            "a.lua",
            "local function f()\n",
            "  local s = [[ end ]] .. \"end\" -- end\n  --[[ end\n  end ]]\n  return s\nend\n¦\nf()\n",
        ),
        (
            "a.py",
            "def f(x):\n    \"\"\"Return the square.\n\n    ",
            "Works for numbers.\n    \"\"\"\n    return x * x\n¦\n\ndef g():\n    pass\n",
        ),
        ("a.py", "def f(x):\n", "    s = '''\na (\n'''\n    return s\n¦\n\ndef g():\n    pass\n"),
        ("a.js", "function f() {\n  /* It's { a\n", "   } comment */\n  return 1;\n}\n¦\nf();\n"),
        ("a.js", "function f() {\n  const s = `{ a\n", "  } it's`;\n  return s;\n}\n¦\nf();\n"),
        ("a.sh", "f() {\n  cat <<EOF\nit's\n", "}\nEOF\n  echo\n}\n¦\nf\n"),
        ("a.r", "f <- function(x) {\n", "  s <- \"}\"\n  x # }\n}\n¦\nf(1)\n"),
        ("a.css", ".a {\n", "  content: \"}\"; /* } */\n}\n¦\n.b { }\n"),
        ("a.hs", "f x = do\n", "    let s = \"(\"\n    {- ( -}\n    g s\n¦g = 1\n"),
        ("a.scala", "def f(): String = {\n", "  val s = \"\"\"}\"\"\"\n  s // }\n}\n¦\nval x = 1\n"),
        ("a.pl", "sub f {\n", "    my $s = \"}\"; # }\n    return $s;\n}\n¦\nsub g { }\n"),
    ]);
}

#[test]
fn what_continues_a_block_is_part_of_it() {
    complete(&[
        ("a.js", "try {\n", "  x();\n}\ncatch (e) {\n  y();\n}\n¦\nz();\n"),
        ("a.js", "try {\n", "  x();\n}\ncatch (e) {\n  y();\n}\nfinally {\n  z();\n}\n¦a();\n"),
        ("a.cs", "try\n{\n", "    X();\n}\ncatch (Exception)\n{\n    Y();\n}\n¦Z();\n"),
        ("a.c", "do {\n", "  x();\n}\nwhile (a);\n¦z();\n"),
        ("a.c", "void f(void) {\n  do\n  {\n", "    x();\n  }\n  while (a);\n¦  z();\n}\n"),
        ("a.c", "if (a) {\n", "  x();\n}\n¦while (a) {\n}\n"),
        (
            "a.java",
            "        if (a) {\n",
            "            b();\n        }\n        // Or else.\n        else {\n            c();\n        }\n¦        d();\n",
        ),
        ("a.kt", "    if (a) {\n", "        b()\n    }\n    else {\n        c()\n    }\n¦    d()\n"),
        ("a.php", "<?php\nif ($a) {\n", "    b();\n}\nelseif ($c) {\n    d();\n}\n¦e();\n"),
        (
            "a.ts",
            "const x = await fetch(url)\n  .then((r) => {\n",
            "    return r.json();\n  })\n  .catch(() => null);\n¦\nf(x);\n",
        ),
        (
            "a.rs",
            "    let x = iter.map(|a| {\n",
            "        a + 1\n    })\n    .filter(|a| a > 1)\n    .collect();\n¦    x\n}\n",
        ),
        ("a.swift", "do {\n", "    try f()\n}\ncatch {\n    g()\n}\n¦h()\n"),
        ("a.rb", "begin\n", "  a\nrescue E => e\n  b\nensure\n  c\nend\n¦d\n"),
        ("a.rb", "x = list.map do |a|\n", "  a + 1\nend\n  .select { |a| a }\n¦y = 1\n"),
        ("a.py", "def f():\n    if a:\n        x = ", "1\n    else:\n        x = 2\n¦    return x\n"),
        ("a.py", "try:\n    a()\n", "except E:\n    b()\nelse:\n    c()\nfinally:\n    d()\n¦e()\n"),
        ("a.py", "def f():\n", "    a()\n# A comment at the margin.\n    b()\n¦# About g.\ndef g():\n    pass\n"),
        ("a.ps1", "if ($a) {\n", "    b\n}\nelse {\n    c\n}\n¦d\n"),
        ("a.pl", "if ($a) {\n", "    b();\n}\nelsif ($c) {\n    d();\n}\n¦e();\n"),
        ("a.c", "int f(", "int a)\n{\n    return a;\n}\n¦int b;\n"),
        ("a.rs", "fn f<T>(t: T) -> u8\n", "where\n    T: Into<u8>,\n{\n    t.into()\n}\n¦\nfn g() {}\n"),
        ("a.cs", "public class A\n", "{\n    int b;\n}\n¦\npublic class C { }\n"),
    ]);
}

#[test]
fn blocks_that_words_and_tags_close() {
    complete(&[
        ("a.rb", "def add(a, b)\n", "  a + b\nend\n¦\ndef sub\nend\n"),
        (
            "a.rb",
            "class A\n  def f(x)\n",
            "    return 1 if x\n    x.each do |y|\n      g y unless y\n    end\n    while x do x = g end\n    z = if x then 1 else 2 end\n  end\n¦\n  def g = 1\nend\n",
        ),
        (
            "a.lua",
            "local function add(a, b)\n",
            "  for i = 1, 2 do\n    if a then b = 1 end\n  end\n  repeat a = f(function() return 1 end) until a\n  return a + b\nend\n¦\nprint(1)\n",
        ),
        ("a.sh", "greet() {\n", "    echo hi\n}\n¦\nbye() {\n}\n"),
        ("a.sh", "if [ -z \"$1\" ]; then\n", "    echo usage\n    exit 2\nfi\n¦echo more\n"),
        (
            "a.sh",
            "for i in 1 2; do\n",
            "    case $i in\n        1) echo a ;;\n        *)\n            echo b\n            ;;\n    esac\ndone\n¦echo more\n",
        ),
        ("a.sh", "#!/bin/sh\n", "name=${path##*/}\necho $name\n¦\nother=1\n\nmore=2\n"),
        ("run", "#!/usr/bin/env bash\nwhile read -r line; do\n", "    echo \"$line\"\ndone < file\n¦echo more\n"),
        ("a.html", "<div>\n", "  <p>Hi<br>\n  <img src=\"a>b\">\n  </p>\n</div>\n¦\n<footer>\n"),
        ("a.html", "<script>\n", "  if (a < b) { c(\"</p>\"); }\n</script>\n¦<p>\n"),
        (
            "a.vue",
            "<template>\n  <ul>\n",
            "    <li v-for=\"a in b\" :key=\"a\">{{ a }}</li>\n    <Item />\n  </ul>\n¦</template>\n",
        ),
        (
            "CMakeLists.txt",
            "function(add a)\n",
            "  if(A)\n    message(\"endfunction(\")\n  endif()\nendfunction()\n¦add(1)\n",
        ),
        ("Makefile", "ifdef A\n", "X = 1\nall: a\n\techo a\nendif\n¦\nY = 2\n"),
        ("Makefile", "all: a b\n", "\techo a\n\techo b\n¦clean:\n\trm a\n"),
        (
            "a.jl",
            "function f(x)\n",
            "    for i in x\n        if i > 1 break end\n    end\n    x[end]\nend\n¦\ng() = 1\n",
        ),
        (
            "a.ex",
            "  def f(x) do\n",
            "    Enum.map(x, fn y -> y end)\n    if x, do: 1, else: 2\n  end\n¦\n  def g, do: 1\n",
        ),
        (
            "a.f90",
            "subroutine f(x)\n",
            "  integer :: x\n  do i = 1, 2\n    if (x > 1) then\n      x = 1\n    end if\n    if (x < 1) x = 2\n  enddo\nend subroutine f\n¦\nsubroutine g\n",
        ),
        ("a.vb", "Sub F()\n", "    If a Then\n        b()\n    End If\n    If a Then b()\nEnd Sub\n¦\nSub G()\n"),
        ("a.pas", "procedure f;\nbegin\n", "  if a then begin\n    b;\n  end;\nend;\n¦\nprocedure g;\n"),
        (
            "a.sql",
            "CREATE FUNCTION f() RETURNS int AS $$\nBEGIN\n",
            "  RETURN CASE WHEN a THEN 1 ELSE 2 END;\nEND;\n¦$$ LANGUAGE plpgsql;\n",
        ),
        ("a.vim", "function! F()\n", "  if a\n    let b = 1 \" endfunction\n  endif\nendfunction\n¦\ncall F()\n"),
        ("a.fish", "function f\n", "    if test a\n        echo end\n    end\nend\n¦f\n"),
        ("a.tex", "\\begin{itemize}\n", "  \\item a\n  \\begin{center}\n  \\end{center}\n\\end{itemize}\n¦\nText\n"),
        ("a.md", "```py\n", "x = (\n\ny\n```\n¦\nText\n"),
        ("a.sv", "always @(posedge clk) begin\n", "  if (a) begin\n    b <= 1;\n  end\nend\n¦assign c = d;\n"),
    ]);
}

#[test]
fn more_of_each_class() {
    complete(&[
        (
            "a.rs",
            "fn f() {\n",
            "    'outer: loop {\n        let c = b'{';\n        break 'outer;\n    }\n    g::<'static>(c, '\\'', '\\u{7d}');\n}\n¦\nfn h() {}\n",
        ),
        ("a.rs", "impl<'a> A<'a> {\n", "    fn f(&'a self) -> &'a str {\n        \"}\"\n    }\n}\n¦\nstruct B;\n"),
        (
            "a.rs",
            "    let x = match y {\n",
            "        '{' => 1,\n        _ => {\n            2\n        }\n    };\n¦    x\n",
        ),
        (
            "a.js",
            "class A {\n  f() {\n",
            "    return /[}/]{2}/.test(a / b / c) ? `${`}`}` : { a: '}' };\n  }\n¦\n  g() {}\n}\n",
        ),
        (
            "a.jsx",
            "const A = () => (\n",
            "  <>\n    {/* } */}\n    <p className=\"a\">Don't &amp; {b}</p>\n    <img alt=\"}\" />\n  </>\n);\n¦\nconst b = 1;\n",
        ),
        ("a.js", "switch (a) {\n", "  case 1: {\n    b();\n  }\n  default:\n    c();\n}\n¦d();\n"),
        ("a.js", "if (a) {\n", "  b();\n}\n\nelse {\n  c();\n}\n¦d();\n"),
        (
            "a.ts",
            "export function f<T extends { a: '}' }>(t: T): T {\n",
            "  type A = { b: `}` };\n  return t;\n}\n¦\nexport const x = 1;\n",
        ),
        (
            "a.cs",
            "string F() {\n",
            "    var s = $@\"{a} \"\"}\"\" {{\";\n    return \"\"\"\n    } \"\n    \"\"\";\n}\n¦int g;\n",
        ),
        (
            "a.kt",
            "fun f(a: Int?) {\n",
            "    val s = \"${if (a == null) \"}\" else '}'}\"\n    a?.let { println(it) }\n}\n¦\nfun g() {}\n",
        ),
        (
            "a.swift",
            "func f() {\n",
            "    let r = #\"}\"#\n    guard let a = b else {\n        return\n    }\n    a.map { $0 }\n}\n¦\nfunc g() {}\n",
        ),
        ("a.go", "if err != nil {\n", "\treturn fmt.Errorf(\"}: %w\", err)\n} else {\n\tx()\n}\n¦y()\n"),
        (
            "a.rb",
            "class A\n  class << self\n",
            "    def f(x) = x\n    def g(*) = h(*)\n    private def k\n      x = [1, 2].map do |y|\n        y if y\n      end\n      begin\n        x\n      end while false\n      case x\n      in { a: } then 1\n      end\n    end\n  end\n¦\n  def m\n  end\nend\n",
        ),
        (
            "a.rb",
            "def f\n",
            "=begin\nend\n=end\n  g(<<~A, <<~B)\n    end\n  A\n    if\n  B\n  ->(x) do x end\n  return unless x\nend\n¦\ndef g\nend\n",
        ),
        (
            "a.sh",
            "function f {\n",
            "  local a=(\n    1\n    2\n  )\n  b=$(\n    cat <<-EOF\n\t}\n\tEOF\n  )\n  [[ $a =~ ^\\} ]] && echo \"$(echo \"}\")\"\n}\n¦f\n",
        ),
        (
            "a.sh",
            "while true; do\n",
            "  case $1 in\n    -a | --all) a=1; shift ;;\n    (*) break ;;\n  esac\n  until [ -e x ]; do sleep 1; done\ndone\n¦echo\n",
        ),
        ("a.sh", "case $x in\n", "  a)\n    echo a\n    ;;\n  *) echo b ;;\nesac\n¦echo c\n"),
        (
            "a.lua",
            "function M.f(a)\n",
            "  if a then\n    return 1\n  elseif b then\n    return function() end\n  else\n    while c do d() end\n  end\n  local s = [==[ ]] end ]==]\nend\n¦\nreturn M\n",
        ),
        (
            "a.html",
            "<ul>\n",
            "  <!-- </ul> -->\n  <li>a\n  <li title=\"</ul>\">b</li>\n  <svg><path d=\"M0\"/></svg>\n</ul>\n¦<p>\n",
        ),
        ("a.html", "{% for a in b %}\n", "  <li>{{ a }}</li>\n  {% if a %}\n  {% endif %}\n{% endfor %}\n¦<p>\n"),
        ("a.vue", "<script setup>\nconst a = () => {\n", "  return '}' + `}`;\n};\n¦\nconst b = 1;\n</script>\n"),
        ("a.css", "@media print {\n", "  .a::before { content: '}'; }\n  .b { }\n}\n¦.c { }\n"),
        ("a.scss", ".a {\n", "  // }\n  &:hover {\n    color: red;\n  }\n}\n¦.b { }\n"),
        (
            "a.py",
            "class A:\n",
            "    \"\"\"Doc: }\"\"\"\n\n    x = {\n        'a': 1,\n}\n\n    @property\n    async def f(self):\n        return f\"{self.x['a']}\"\n¦\n\nclass B:\n    pass\n",
        ),
        ("a.py", "match x:\n", "    case 1:\n        a()\n    case _:\n        b()\n¦c()\n"),
        ("a.py", "def f():\n    for a in b:\n        ", "c(a)\n    else:\n        d()\n¦    return e\n"),
        ("a.py", "with open(a) as b:\n", "    c = b.read()\n¦else_ = 1\n"),
        (
            "a.c",
            "static void f(void)\n{\n#ifdef A\n",
            "    if (a) {\n#else\n    if (b) {\n#endif\n        c();\n    }\n}\n¦\nint d;\n",
        ),
        ("a.c", "struct a b = {\n", "    .c = '}',\n    .d = { 1, 2 },\n};\n¦\nint e;\n"),
        (
            "a.cpp",
            "namespace a {\ntemplate <typename T>\nclass B : public C<T> {\n",
            "  public:\n    B() : c_{1}, d_(R\"x(})x\") {}\n    int c_;\n};\n¦}  // namespace a\n",
        ),
        (
            "a.java",
            "    void f() {\n",
            "        Runnable r = () -> {\n            g('}', \"\\\"}\");\n        };\n        try (A a = b()) {\n        } catch (E e) {\n        }\n    }\n¦\n    void g() {}\n",
        ),
        (
            "a.php",
            "<?php\nclass A {\n    function f() {\n",
            "        $a = \"{$b['}']}\"; # }\n        return match(true) {\n            default => '}',\n        };\n    }\n¦\n    function g() {}\n}\n",
        ),
        ("CMakeLists.txt", "if(A)\n", "  set(B \"endif()\") # endif()\nelseif(C)\nelse()\nendif()\n¦add(D)\n"),
        (
            "a.yaml",
            "a:\n  b:\n",
            "    # A comment.\n    c: 'it''s'\n    d: |\n      e: (\n\n      f\n    g: [1,\n      2]\n¦  h: 1\n",
        ),
        ("a.json", "{\n  \"a\": [\n", "    \"]\",\n    {\"b\": \"}\"}\n  ],\n¦  \"c\": 1\n}\n"),
        ("a.toml", "a = [\n", "  \"]\", # ]\n  '''\n]\n''',\n]\n¦b = 1\n"),
        ("a.r", "f <- function(x) {\n", "  if (x) {\n    \"}\"\n  }\n  else {\n    '{'\n  }\n}\n¦\ng <- 1\n"),
        ("a.el", "(defun f (x)\n", "  \"A ) text.\"\n  ; )\n  (let ((y 1))\n    (g x y)))\n¦\n(defun g ())\n"),
        (
            "a.ex",
            "defmodule A do\n",
            "  def f(x), do: x\n  def g(x) do\n    case x do\n      1 -> fn y -> y end\n    end\n  end\nend\n¦\ndefmodule B do\nend\n",
        ),
        ("a.dart", "void f() {\n", "  var s = '''\n}\n''';\n  g(\"$s }\");\n}\n¦\nvoid h() {}\n"),
        (
            "a.zig",
            "fn f() void {\n",
            "    const s = \"}\"; // }\n    if (a) |b| {\n        _ = b;\n    }\n}\n¦\nfn g() void {}\n",
        ),
        (
            "a.tf",
            "resource \"a\" \"b\" {\n",
            "  # }\n  c = \"${d[\"}\"]}\"\n  e {\n  }\n}\n¦\nresource \"f\" \"g\" {\n}\n",
        ),
        ("a.groovy", "def f() {\n", "    def s = \"\"\"}\"\"\"\n    list.each { println it }\n}\n¦\ndef g() {}\n"),
    ]);
}

#[test]
fn blocks_by_indentation() {
    complete(&[
        ("pod.yaml", "spec:\n  containers:\n", "  - name: a\n    image: b\n  - name: c\n    image: d\n¦status: {}\n"),
        (
            "a.yml",
            "jobs:\n  test:\n    steps:\n",
            "      - run: |\n          make\n\n          make test\n      - uses: x\n¦  build:\n    steps: []\n",
        ),
        ("a.yml", "items:\n  - name: a\n", "    value: 1\n¦  - name: b\n"),
        ("a.py", "def f(\n    a,\n    ", "b,\n):\n    return a\n¦\ndef g():\n    pass\n"),
        ("a.py", "x = [\n    1,\n    ", "2,\n]\ny = 1\n¦\nz = 1\n"),
        ("a.py", "def f():\n", "    x = a + \\\n  b\n    return x\n¦g()\n"),
        (
            "a.py",
            "class A:\n    @property\n",
            "    def f(self):\n        return 1\n¦\n    def g(self):\n        pass\n",
        ),
        ("a.py", "class A:\n\tdef f(self):\n", "\t\treturn 1\n¦\n\tdef g(self):\n\t\tpass\n"),
        ("a.hs", "main = do\n", "    a <- getLine\n    print a\n  where\n    b = 1\n¦\nf = 1\n"),
        ("a.nim", "proc f(): int =\n", "  if a:\n    1\n  else:\n    2\n¦\nproc g() = discard\n"),
        ("a.coffee", "f = (x) ->\n", "  if x\n    1\n  else\n    2\n¦g = 1\n"),
        ("a.ml", "let f x =\n", "  match x with\n  | 1 -> 2\n  | _ -> 3\n¦\nlet g = 1\n"),
    ]);
}

#[test]
fn what_an_answer_opens_keeps_its_closer() {
    for (file, text, answer) in [
        ("a.h", "#ifndef A_H\n#define A_H\n\nint a;\n¦\n\n#endif\n", "#ifdef B\nint b;\n#endif\n"),
        ("Makefile.in", "ifdef A\nX = 1\n¦\nendif\n", "ifdef B\nY = 1\nendif\n"),
        ("a.md", "# T\n\n¦\n\n```\nb\n```\n", "```\na\n```\n"),
        ("a.html", "<div>\n<p>1</p>\n¦\n</div>\n", "<div>\n<p>2</p>\n</div>\n"),
        ("a.sh", "if a; then\n  b\n  ¦\nfi\n", "if c; then\n  d\nfi"),
        ("a.sh", "for a in b; do\n¦\ndone\n", "  while c; do\n    d\n  done"),
        ("a.rb", "class A\n  ¦\nend\n", "def f\n  1\nend"),
        ("a.rb", "class A\n¦\n  end\nend\n", "  def f\n    x do\n      1\n    end"),
        ("a.lua", "function f()\n  ¦\nend\n", "if a then\n    b()\nend"),
        ("a.tex", "\\begin{center}\n¦\n\\end{center}\n", "\\begin{center}\na\n\\end{center}"),
        ("a.js", "f(function () {\n  ¦\n});\n", "g(function () {\n    h();\n});"),
        ("a.c", "int f(void) {\n    if (a) {\n¦\n}\n", "        b();\n    }"),
        ("CMakeLists.txt", "if(A)\n¦\nendif()\n", "if(B)\n  set(C 1)\nendif()"),
        ("a.jsx", "<ul>\n  ¦\n</ul>\n", "<ul>\n    <li>it's</li>\n</ul>"),
        ("a.html", "{% if a %}\n¦\n{% endif %}\n", "{% if b %}\n<p>\n</p>\n{% endif %}"),
        (
            "a.html.j2",
            "<ul>\n{% for a in b %}\n¦\n{% endfor %}\n</ul>\n",
            "{% for c in a %}\n<li>{{ c }}</li>\n{% endfor %}",
        ),
        ("a.yaml", "{{- if .A }}\n¦\n{{- end }}\n", "{{- if .B }}\na: 1\n{{- end }}"),
        ("a.svelte", "{#if a}\n¦\n{/if}\n", "{#if b}\n<p>{b}</p>\n{/if}"),
        ("a.hbs", "{{#if a}}\n¦\n{{/if}}\n", "{{#if b}}\nc\n{{/if}}"),
        ("a.html.erb", "<% if a %>\n¦\n<% end %>\n", "<% if b %>\n<p>c</p>\n<% end %>"),
        ("a.jl", "module A\n¦\nend\n", "function f()\n    1\nend"),
    ] {
        infill(file, text, answer, answer);
    }
}

#[test]
fn what_stands_behind_the_gap_goes() {
    for (file, text, answer, expected) in [
        ("a.js", "foo(/\\)/, ¦)\n", "g(1)", "g(1)"),
        ("a.js", "foo(function () {\n  ¦\n});\n", "bar();\n}", "bar();"),
        ("a.rb", "class A\n  ¦\nend\n", "def f\n    1\n  end\nend", "def f\n    1\n  end"),
        ("a.sh", "if a; then\n  ¦\nfi\n", "b\nfi", "b"),
        ("a.html", "<div>\n  ¦\n</div>\n", "<p>1</p>\n</div>", "<p>1</p>"),
        ("a.py", "result = compute_¦tal(x, 1)\n", "total(x, 1)", "to"),
        ("a.md", "Not ¦qual|`x`\n", "equal|`x`", "e"),
        ("a.py", "    pa¦s\n", "s", "s"),
        ("a.rs", "fn f() {\n    ¦\n}\n", "g('}');\n}", "g('}');"),
    ] {
        infill(file, text, answer, expected);
    }
}

#[test]
fn rows_of_data_stay() {
    let row = |row: &str| format!("    {row}\n").repeat(8);
    for (file, one) in [
        ("a.c", "0x00, 0x00, 0x00, 0x00,"),
        ("a.c", "1e5, -1.5e-3, .5f, 0.0f,"),
        ("a.c", "NULL, NULL,"),
        ("a.s", "nop"),
        ("a.html", "<br>"),
        ("a.py", "None, True, False,"),
        ("a.js", "'a', \"b\","),
        ("a.json", "[0, 0, null],"),
        ("a.rs", "0u8, 0xffu8, 1_000,"),
    ] {
        let text = row(one);
        infill(file, "x = [\n¦\n]\n", &text, &text);
    }
    let (text, ended) = shaped("a.py", "", None, Until::End, &row("print(1)"), 5);
    assert_eq!((text.as_str(), ended), ("    print(1)\n", true));
}

#[test]
fn an_indentation_of_another_kind_goes() {
    infill("a.py", "def f(x):\n\t¦\n\treturn x\n", "    x += 1\n", "x += 1\n");
    infill("a.py", "def f(x):\n    ¦\n    return x\n", "\tx += 1\n", "x += 1\n");
    infill("a.py", "def f(x):\n    ¦\n    return x\n", "    x += 1\n", "x += 1\n");
    infill("a.go", "func f() {\n\t¦\n}\n", "    if a {\n        b()\n    }\n", "if a {\n\t\tb()\n\t}\n");
    infill("a.py", "def f(x):\n    if x:\n        y\n    ¦\n", "if y:\n\t\tz\n", "if y:\n        z\n");
}

#[test]
fn text_that_is_no_program() {
    let nested = "(".repeat(100_000);
    let long = "a b ' \" ` { ".repeat(1 << 12);
    for file in ["a.py", "a.js", "a.rs", "a.c", "a.html", "a.sh", "a.rb", "a.md", "a.yaml", "a.hs", "a"] {
        for text in [nested.as_str(), long.as_str(), "\0\0\n\0", "\u{feff}", "é\n中\n"] {
            let start = std::time::Instant::now();
            let _ = shaped(file, text, None, Until::Block, "x\n}\n\ny\n", 4);
            let _ = shaped(file, text, Some(text), Until::End, "x\n}\n\ny\n", 4);
            assert!(start.elapsed().as_secs() < 20, "{file} {:?}: {:?}", &text[..text.len().min(3)], start.elapsed());
        }
    }
}

/// Statements in paragraphs, in a block of `lines` lines.
fn paragraphs(indent: &str, lines: usize) -> String {
    (0..lines / 3).map(|index| format!("{indent}x = f({index});\n{indent}g(x);\n\n")).collect()
}

#[test]
fn a_long_text_around_changes_nothing() {
    let (inner, outer) = (paragraphs("        ", 300), paragraphs("    ", 300));
    let (head, tail) = (format!("class A {{\n{outer}    void f() {{\n{inner}"), format!("    }}\n\n{outer}}}\n"));
    for file in ["A.java", "a.cpp", "a.cs", "a.js", "a.kt", "a.swift", "a.dart"] {
        let before = format!("{head}        if (a) {{\n");
        infill(file, &format!("{before}¦{tail}"), "            b();\n        }\n", "            b();\n        }\n");
        infill(file, &format!("{before}¦        }}\n{tail}"), "            b();\n        }\n", "            b();\n");
        let (found, _) = shaped(file, &before, None, Until::Block, "            b();\n        }\n        c();\n", 3);
        assert_eq!(found, "            b();\n        }\n", "{file}");
        // What closes a block too many is not taken for the end of one farther around.
        let text = format!("namespace n {{\n\n{head}¦{tail}\n}}\n");
        infill(file, &text, &format!("        h();\n{tail}"), "        h();\n");
    }
    // The entries of a list are no statements.
    let entry = |name: &str| format!("    {name} {{\n      fun f() = 1\n    }},\n\n");
    let entries: String = ["A", "B", "C", "D"].map(entry).concat();
    let tail = format!(
        "  }}\n\n  enum class E {{\n{}    Z {{\n    }};\n\n    /** F. */\n    abstract fun f()\n  }}\n}}\n",
        entries.repeat(9)
    );
    infill("a.kt", &format!("class A {{\n  fun f() {{\n    if (a) {{\n¦{tail}"), "    }\n", "    }\n");
}

#[test]
fn an_error_far_away_changes_nothing() {
    // Without its macro, a grammar does not understand it, nor the conditions behind it.
    let error = "#if defined(A)\nBEGIN(a) {\n#else\nBEGIN(b) {\n#endif\n    c(;\n}\n\n#ifdef B\n} } {\n#endif\n\n";
    let function = "static int f(int a) {\n    a++;\n    return a;\n}\n\n".repeat(40);
    for (above, below) in [(error, ""), ("", error), (error, error)] {
        for file in ["a.c", "a.cpp", "a.m"] {
            let (prefix, suffix) =
                (format!("{above}{function}int g(int a) {{\n    if (a) {{\n"), format!("}}\n\n{function}{below}"));
            infill(file, &format!("{prefix}¦{suffix}"), "        b();\n    }\n", "        b();\n    }\n");
            infill(file, &format!("{prefix}¦    }}\n{suffix}"), "        b();\n    }\n}\n", "        b();\n");
        }
    }
}

#[test]
fn what_a_condition_is_in_is_the_block() {
    complete(&[
        (
            "a.c",
            "int f(void)\n{\n    a();\n#ifdef B\n",
            "    b();\n#else\n    if (c) {\n        d();\n    }\n#endif\n    e();\n}\n¦\nint g;\n",
        ),
        (
            "a.c",
            "if (a) {\n#ifdef A\n",
            "    if (b) {\n#else\n    x();\n    if (c) {\n#endif\n        d();\n    }\n}\n¦\nint g;\n",
        ),
    ]);
}

#[test]
fn rows_of_equal_lines_stay() {
    let row = |count: usize| "    put(x);\n".repeat(count);
    let around =
        |before: usize, behind: usize| format!("void f() {{\n    a();\n{}¦{}    b();\n}}\n", row(before), row(behind));
    for file in ["a.c", "a.go", "A.java", "a.kt"] {
        // The row is longer than the suffix: in the answer, above it, or behind it.
        for (before, answer, behind) in [(0, 2, 1), (0, 2, 3), (1, 1, 1), (4, 3, 4), (0, 1, 2), (3, 6, 0)] {
            infill(file, &around(before, behind), &row(answer), &row(answer));
        }
        // With the line behind the row, it is the suffix again.
        infill(file, &around(0, 3), &format!("{}    b();\n}}\n", row(5)), &row(2));
        infill(file, &around(0, 1), &format!("    c();\n{}    b();\n", row(1)), "    c();\n");
        // One line that is no row is.
        infill(file, &around(0, 1), &format!("    c();\n{}", row(1)), "    c();\n");
        // Twice the longest row is no row.
        infill(file, &around(3, 0), &row(40), &row(1));
    }
    // Lines that close blocks are no statements.
    infill("a.c", "f(\n{\n¦}\n}\n", "x;\n}\n}\n", "x;\n");
}
