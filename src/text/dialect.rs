//! The syntax of languages, as far as the structure of a text needs it: how blocks are marked, closed and continued,
//! and the forms of comments and strings.
//!
//! The table has what [`crate::text::structure`] needs: for a language with a grammar, the family and the words that
//! continue a block; for all others, everything that a scanner must know.

use std::path::Path;

/// What marks the blocks of a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Indentation below a header line.
    Indented,
    /// Something that closes them: a bracket, a word or a tag.
    Closed,
    /// Nothing: text in paragraphs, perhaps with fenced code.
    Prose,
}

/// A grammar of tree-sitter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Grammar {
    Bash,
    C,
    CMake,
    CSharp,
    Cpp,
    Css,
    Go,
    Html,
    Java,
    JavaScript,
    Json,
    Kotlin,
    Lua,
    Make,
    Markdown,
    Php,
    Python,
    R,
    Ruby,
    Rust,
    Swift,
    Toml,
    Tsx,
    TypeScript,
    Yaml,
}

/// A string that may contain brackets and words: what begins and ends it, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// What begins it.
    pub open: &'static str,
    /// What ends it.
    pub close: &'static str,
    /// Whether `\` escapes the next character.
    pub escapes: bool,
    /// Whether it may span lines.
    pub long: bool,
}

/// A string within a line, with escapes.
const fn line(mark: &'static str) -> Quote {
    Quote { open: mark, close: mark, escapes: true, long: false }
}

/// A string over lines.
const fn long(open: &'static str, close: &'static str, escapes: bool) -> Quote {
    Quote { open, close, escapes, long: true }
}

/// A language.
#[derive(Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Names, as `--language` and code fences write them; the first one is the main one.
    pub names: &'static [&'static str],
    /// File extensions, in lower case.
    pub extensions: &'static [&'static str],
    /// Whole names of files.
    pub files: &'static [&'static str],
    /// Programs that a `#!` line names.
    pub programs: &'static [&'static str],
    /// What marks its blocks.
    pub family: Family,
    /// Its grammar, if one is built in.
    pub grammar: Option<Grammar>,
    /// What begins a comment that ends with the line.
    pub comments: &'static [&'static str],
    /// What begins and ends a comment over lines.
    pub block_comments: &'static [(&'static str, &'static str)],
    /// Its strings; longer marks come before shorter ones.
    pub quotes: &'static [Quote],
    /// Words that open a block, and words that close one.
    pub words: (&'static [&'static str], &'static [&'static str]),
    /// Whether words are case-insensitive.
    pub any_case: bool,
    /// Words that continue a block behind its end, or at its header's indentation.
    pub continuations: &'static [&'static str],
    /// The end of a line that is the header of an indented block.
    pub headers: &'static [&'static str],
    /// Whether a part of a text can be read without what is before it.
    pub has_parts: bool,
    /// Where a word opens or closes a block, for a scanner.
    pub word_rule: WordRule,
    /// Whether a call may continue a block behind the word that closes it: `end.map`.
    pub chains_words: bool,
    /// Whether `:` calls a method.
    pub has_colon_calls: bool,
    /// Whether attributes are in square brackets, in lines of their own.
    pub has_bracket_attributes: bool,
    /// Whether items of a list may be at the indentation of its key.
    pub has_items_at_key: bool,
    /// Whether its headers are rules: a target, a colon, and what it is made of.
    pub has_rules: bool,
    /// Whether it has here-documents.
    pub has_heredocs: bool,
    /// Whether its texts are often made by template languages.
    pub has_templates: bool,
}

/// Where words open and close blocks in a language without a grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum WordRule {
    /// Everywhere.
    Everywhere,
    /// At the beginning of a line.
    LineStart,
    /// At the beginning of a command.
    Command,
    Ada,
    Crystal,
    Elixir,
    Fortran,
    Julia,
    Pascal,
    Sql,
    Verilog,
    VisualBasic,
}

const NONE: Dialect = Dialect {
    names: &[],
    extensions: &[],
    files: &[],
    programs: &[],
    family: Family::Closed,
    grammar: None,
    comments: &["//"],
    block_comments: &[("/*", "*/")],
    quotes: &[line("\""), line("'")],
    words: (&[], &[]),
    any_case: false,
    continuations: &["else", "catch", "finally", "while"],
    headers: &[],
    has_parts: true,
    word_rule: WordRule::Everywhere,
    chains_words: false,
    has_colon_calls: false,
    has_bracket_attributes: false,
    has_items_at_key: false,
    has_rules: false,
    has_heredocs: false,
    has_templates: false,
};

/// Text without a language: blocks are found by the look of its lines, see [`of`].
pub static PLAIN: Dialect = Dialect {
    names: &["text", "plain", "txt", "plaintext"],
    extensions: &["txt", "text", "log", "csv", "tsv", "rst", "adoc", "org"],
    family: Family::Prose,
    comments: &[],
    block_comments: &[],
    quotes: &[],
    continuations: &[],
    has_templates: true,
    ..NONE
};

/// Text in an unknown language, with blocks by indentation.
pub static INDENTED: Dialect = Dialect {
    names: &[],
    family: Family::Indented,
    comments: &["#"],
    block_comments: &[],
    quotes: &[long("\"\"\"", "\"\"\"", true), long("'''", "'''", true), line("\""), line("'"), line("`")],
    continuations: PYTHON_CONTINUATIONS,
    headers: &[":"],
    ..NONE
};

/// Text in an unknown language, with blocks in braces.
pub static BRACED: Dialect = Dialect { names: &[], quotes: &[line("\""), line("'"), line("`")], ..NONE };

const PYTHON_CONTINUATIONS: &[&str] = &["else", "elif", "except", "finally", "case"];
const C_LIKE: &[&str] = &["else", "while", "catch", "finally", "__except", "__finally"];

/// All languages.
pub static DIALECTS: &[Dialect] = &[
    Dialect {
        names: &["python", "py", "python3", "pyi", "cython"],
        extensions: &["py", "pyi", "pyw", "pyx", "pxd", "bzl", "star"],
        files: &["SConstruct", "SConscript", "BUILD", "WORKSPACE", "Snakefile", "wscript"],
        programs: &["python", "python2", "python3", "pypy", "pypy3"],
        family: Family::Indented,
        grammar: Some(Grammar::Python),
        comments: &["#"],
        block_comments: &[],
        quotes: &[long("\"\"\"", "\"\"\"", true), long("'''", "'''", true), line("\""), line("'")],
        continuations: PYTHON_CONTINUATIONS,
        headers: &[":"],
        ..NONE
    },
    Dialect {
        names: &["javascript", "js", "jsx", "javascriptreact", "mjs", "cjs", "node", "ecmascript"],
        extensions: &["js", "jsx", "mjs", "cjs", "es6"],
        files: &["Jakefile"],
        programs: &["node", "nodejs", "deno", "bun"],
        grammar: Some(Grammar::JavaScript),
        quotes: &[long("`", "`", true), line("\""), line("'")],
        ..NONE
    },
    Dialect {
        names: &["typescript", "ts", "mts", "cts"],
        extensions: &["ts", "mts", "cts"],
        programs: &["ts-node", "tsx"],
        grammar: Some(Grammar::TypeScript),
        quotes: &[long("`", "`", true), line("\""), line("'")],
        ..NONE
    },
    Dialect {
        names: &["tsx", "typescriptreact"],
        extensions: &["tsx"],
        grammar: Some(Grammar::Tsx),
        quotes: &[long("`", "`", true), line("\""), line("'")],
        ..NONE
    },
    Dialect {
        names: &["rust", "rs"],
        extensions: &["rs"],
        programs: &["rust-script"],
        grammar: Some(Grammar::Rust),
        quotes: &[
            long("r###\"", "\"###", false),
            long("r##\"", "\"##", false),
            long("r#\"", "\"#", false),
            long("\"", "\"", true),
        ],
        continuations: &["else"],
        ..NONE
    },
    Dialect {
        names: &["go", "golang"],
        extensions: &["go"],
        grammar: Some(Grammar::Go),
        quotes: &[long("`", "`", false), line("\""), line("'")],
        continuations: &["else"],
        ..NONE
    },
    Dialect {
        names: &["java"],
        extensions: &["java"],
        grammar: Some(Grammar::Java),
        quotes: &[long("\"\"\"", "\"\"\"", true), line("\""), line("'")],
        ..NONE
    },
    Dialect {
        names: &["kotlin", "kt", "kts"],
        extensions: &["kt", "kts"],
        grammar: Some(Grammar::Kotlin),
        quotes: &[long("\"\"\"", "\"\"\"", false), line("\""), line("'")],
        ..NONE
    },
    Dialect {
        names: &["swift"],
        extensions: &["swift"],
        programs: &["swift"],
        grammar: Some(Grammar::Swift),
        quotes: &[long("#\"\"\"", "\"\"\"#", false), long("\"\"\"", "\"\"\"", true), line("\"")],
        ..NONE
    },
    Dialect { names: &["c", "h"], extensions: &["c", "h"], grammar: Some(Grammar::C), continuations: C_LIKE, ..NONE },
    Dialect {
        names: &[
            "cpp",
            "c++",
            "cc",
            "cxx",
            "hpp",
            "cuda",
            "objc",
            "objective-c",
            "objective-cpp",
            "cuda-cpp",
            "arduino",
        ],
        extensions: &[
            "cc", "cpp", "cxx", "c++", "hh", "hpp", "hxx", "h++", "inl", "ipp", "tpp", "ino", "cu", "cuh", "m", "mm",
        ],
        grammar: Some(Grammar::Cpp),
        quotes: &[long("R\"(", ")\"", false), line("\""), line("'")],
        continuations: C_LIKE,
        ..NONE
    },
    Dialect {
        names: &["csharp", "c#", "cs"],
        extensions: &["cs", "csx"],
        grammar: Some(Grammar::CSharp),
        quotes: &[
            long("\"\"\"", "\"\"\"", false),
            long("$@\"", "\"", false),
            long("@$\"", "\"", false),
            long("@\"", "\"", false),
            line("\""),
            line("'"),
        ],
        has_bracket_attributes: true,
        ..NONE
    },
    Dialect {
        names: &["ruby", "rb"],
        extensions: &["rb", "rake", "gemspec", "ru", "podspec"],
        files: &["Rakefile", "Gemfile", "Vagrantfile", "Podfile", "Brewfile", "Guardfile", "Capfile", "Fastfile"],
        programs: &["ruby", "jruby", "rake"],
        grammar: Some(Grammar::Ruby),
        comments: &["#"],
        block_comments: &[("\n=begin", "\n=end")],
        quotes: &[long("\"", "\"", true), long("'", "'", true), long("`", "`", true)],
        words: (&["def", "class", "module", "begin", "case", "do", "if", "unless", "while", "until", "for"], &["end"]),
        continuations: &[],
        chains_words: true,
        has_heredocs: true,
        ..NONE
    },
    Dialect {
        names: &["php"],
        extensions: &["php", "phtml", "php5", "php7", "inc"],
        programs: &["php"],
        grammar: Some(Grammar::Php),
        has_parts: false,
        comments: &["//", "#"],
        quotes: &[long("\"", "\"", true), long("'", "'", true)],
        continuations: &["else", "elseif", "catch", "finally", "while"],
        has_heredocs: true,
        ..NONE
    },
    Dialect {
        names: &["bash", "sh", "shell", "shellscript", "zsh", "ksh", "dash", "console", "shell-session", "ash"],
        extensions: &["sh", "bash", "zsh", "ksh", "bats", "ebuild"],
        files: &[".bashrc", ".bash_profile", ".profile", ".zshrc", ".zshenv", "PKGBUILD", "APKBUILD"],
        programs: &["sh", "bash", "zsh", "ksh", "dash", "ash", "bats"],
        grammar: Some(Grammar::Bash),
        comments: &["#"],
        block_comments: &[],
        quotes: &[long("$'", "'", true), long("\"", "\"", true), long("'", "'", false)],
        words: (&["if", "case", "for", "while", "until", "select"], &["fi", "esac", "done"]),
        continuations: &[],
        has_heredocs: true,
        ..NONE
    },
    Dialect {
        names: &["lua", "luau"],
        extensions: &["lua", "luau", "rockspec"],
        programs: &["lua", "luajit", "luau"],
        grammar: Some(Grammar::Lua),
        comments: &["--"],
        block_comments: &[("--[[", "]]")],
        quotes: &[long("[[", "]]", false), long("[=[", "]=]", false), line("\""), line("'")],
        words: (&["function", "if", "do", "for", "while", "repeat"], &["end", "until"]),
        continuations: &[],
        chains_words: true,
        has_colon_calls: true,
        ..NONE
    },
    Dialect {
        names: &["r", "rscript", "splus"],
        extensions: &["r"],
        files: &[".Rprofile"],
        programs: &["Rscript", "r"],
        grammar: Some(Grammar::R),
        comments: &["#"],
        block_comments: &[],
        quotes: &[long("\"", "\"", true), long("'", "'", true), line("`")],
        continuations: &["else"],
        ..NONE
    },
    Dialect {
        names: &[
            "html",
            "xml",
            "svg",
            "xhtml",
            "vue",
            "svelte",
            "astro",
            "xsl",
            "jinja",
            "django",
            "erb",
            "ejs",
            "handlebars",
        ],
        extensions: &[
            "html", "htm", "xhtml", "xml", "svg", "vue", "svelte", "astro", "xsl", "xslt", "xaml", "plist", "csproj",
            "jinja", "jinja2", "j2", "njk", "hbs", "ejs", "erb", "tmpl",
        ],
        grammar: Some(Grammar::Html),
        has_parts: false,
        comments: &[],
        block_comments: &[("<!--", "-->")],
        quotes: &[],
        continuations: &[],
        has_templates: true,
        ..NONE
    },
    Dialect {
        names: &["css"],
        extensions: &["css", "pcss"],
        grammar: Some(Grammar::Css),
        comments: &[],
        continuations: &[],
        has_templates: true,
        ..NONE
    },
    Dialect {
        names: &["scss", "sass", "less"],
        extensions: &["scss", "less"],
        grammar: Some(Grammar::Css),
        continuations: &[],
        has_templates: true,
        ..NONE
    },
    Dialect {
        names: &["json", "jsonc", "json5", "geojson"],
        extensions: &["json", "jsonc", "json5", "geojson", "webmanifest", "map"],
        files: &[".babelrc", ".eslintrc", ".prettierrc", "flake.lock", "composer.lock"],
        grammar: Some(Grammar::Json),
        quotes: &[line("\"")],
        continuations: &[],
        ..NONE
    },
    Dialect {
        names: &["yaml", "yml", "dockercompose"],
        extensions: &["yaml", "yml"],
        files: &[".clang-format", ".clang-tidy"],
        family: Family::Indented,
        grammar: Some(Grammar::Yaml),
        has_parts: false,
        comments: &["#"],
        block_comments: &[],
        quotes: &[line("\""), Quote { open: "'", close: "'", escapes: false, long: false }],
        continuations: &[],
        headers: &[":", "|", ">", "-", "|-", ">-", "|+", ">+"],
        has_items_at_key: true,
        has_templates: true,
        ..NONE
    },
    Dialect {
        names: &["toml"],
        extensions: &["toml"],
        files: &["Cargo.lock", "Pipfile", "poetry.lock", "uv.lock"],
        grammar: Some(Grammar::Toml),
        comments: &["#"],
        block_comments: &[],
        quotes: &[
            long("\"\"\"", "\"\"\"", true),
            long("'''", "'''", false),
            line("\""),
            Quote { open: "'", close: "'", escapes: false, long: false },
        ],
        continuations: &[],
        has_templates: true,
        ..NONE
    },
    Dialect {
        names: &["make", "makefile", "gnumake", "mk"],
        extensions: &["mk", "mak", "makefile"],
        files: &["Makefile", "makefile", "GNUmakefile", "Makefile.in", "Makefile.am", "Kbuild"],
        programs: &["make", "gmake"],
        family: Family::Indented,
        grammar: Some(Grammar::Make),
        comments: &["#"],
        block_comments: &[],
        quotes: &[],
        words: (&["ifdef", "ifndef", "ifeq", "ifneq", "define"], &["endif", "endef"]),
        continuations: &[],
        headers: &[":"],
        has_rules: true,
        ..NONE
    },
    Dialect {
        names: &["cmake"],
        extensions: &["cmake"],
        files: &["CMakeLists.txt"],
        grammar: Some(Grammar::CMake),
        comments: &["#"],
        block_comments: &[("#[[", "]]")],
        quotes: &[long("[[", "]]", false), long("[=[", "]=]", false), long("\"", "\"", true)],
        words: (
            &["if", "foreach", "while", "function", "macro", "block"],
            &["endif", "endforeach", "endwhile", "endfunction", "endmacro", "endblock"],
        ),
        any_case: true,
        continuations: &[],
        ..NONE
    },
    Dialect {
        names: &["markdown", "md", "mdx", "qmd", "rmd"],
        extensions: &["md", "markdown", "mdx", "mkd", "qmd", "rmd"],
        family: Family::Prose,
        grammar: Some(Grammar::Markdown),
        has_parts: false,
        comments: &[],
        block_comments: &[("<!--", "-->")],
        quotes: &[],
        continuations: &[],
        has_templates: true,
        ..NONE
    },
    // From here on without a grammar.
    Dialect {
        names: &["haskell", "hs"],
        extensions: &["hs", "lhs", "hsc"],
        programs: &["runhaskell", "runghc"],
        family: Family::Indented,
        comments: &["--"],
        block_comments: &[("{-", "-}")],
        quotes: &[line("\"")],
        continuations: &["where", "else", "then", "in", "deriving"],
        headers: &["=", "where", "do", "of", "->", "let", "then", "else"],
        ..NONE
    },
    Dialect {
        names: &["elm", "purescript", "idris", "agda"],
        extensions: &["elm", "purs", "idr", "agda"],
        family: Family::Indented,
        comments: &["--"],
        block_comments: &[("{-", "-}")],
        quotes: &[long("\"\"\"", "\"\"\"", true), line("\"")],
        continuations: &["else", "in", "where"],
        headers: &["=", "where", "do", "of", "->", "let", "then", "else"],
        ..NONE
    },
    Dialect {
        names: &["fsharp", "f#", "fs"],
        extensions: &["fs", "fsi", "fsx"],
        family: Family::Indented,
        block_comments: &[("(*", "*)")],
        quotes: &[long("\"\"\"", "\"\"\"", false), long("@\"", "\"", false), long("\"", "\"", true)],
        continuations: &["else", "elif", "with", "finally", "and", "then", "|"],
        headers: &["=", "->", "then", "else", "do", "with", "try", "function", "of"],
        ..NONE
    },
    Dialect {
        names: &["ocaml", "ml", "reason"],
        extensions: &["ml", "mli", "mll", "mly"],
        programs: &["ocaml"],
        family: Family::Indented,
        comments: &[],
        block_comments: &[("(*", "*)")],
        quotes: &[long("{|", "|}", false), long("\"", "\"", true)],
        continuations: &["else", "in", "and", "with", "end", "done", "then", "|"],
        headers: &["=", "->", "then", "else", "do", "with", "begin", "struct", "sig", "function", "in", "try", "of"],
        ..NONE
    },
    Dialect {
        names: &["nim"],
        extensions: &["nim", "nims"],
        family: Family::Indented,
        comments: &["#"],
        block_comments: &[("#[", "]#")],
        quotes: &[long("\"\"\"", "\"\"\"", false), line("\"")],
        continuations: &["else", "elif", "except", "finally", "of"],
        headers: &[":", "=", "type", "var", "let", "const", "import"],
        ..NONE
    },
    Dialect {
        names: &["coffeescript", "coffee"],
        extensions: &["coffee", "litcoffee", "cson"],
        programs: &["coffee"],
        family: Family::Indented,
        comments: &["#"],
        block_comments: &[("###", "###")],
        quotes: &[long("\"\"\"", "\"\"\"", true), long("'''", "'''", true), line("\""), line("'")],
        continuations: &["else", "catch", "finally", "when"],
        headers: &["->", "=>", "=", "then", "else", "try"],
        ..NONE
    },
    Dialect {
        names: &["gdscript", "gd"],
        extensions: &["gd"],
        family: Family::Indented,
        comments: &["#"],
        block_comments: &[],
        quotes: &[long("\"\"\"", "\"\"\"", true), line("\""), line("'")],
        continuations: &["else", "elif"],
        headers: &[":"],
        ..NONE
    },
    Dialect {
        names: &["pug", "jade", "haml", "slim", "stylus"],
        extensions: &["pug", "jade", "haml", "slim", "styl", "sass"],
        family: Family::Indented,
        comments: &["//"],
        block_comments: &[],
        quotes: &[],
        continuations: &["else"],
        ..NONE
    },
    Dialect {
        names: &["scala", "sc"],
        extensions: &["scala", "sc", "sbt"],
        programs: &["scala"],
        quotes: &[long("\"\"\"", "\"\"\"", false), line("\"")],
        continuations: &["else", "catch", "finally", "yield", "while", "match"],
        ..NONE
    },
    Dialect {
        names: &["groovy", "gradle"],
        extensions: &["groovy", "gradle", "gvy"],
        files: &["Jenkinsfile"],
        programs: &["groovy"],
        quotes: &[long("\"\"\"", "\"\"\"", true), long("'''", "'''", true), line("\""), line("'")],
        ..NONE
    },
    Dialect {
        names: &["dart"],
        extensions: &["dart"],
        quotes: &[long("\"\"\"", "\"\"\"", true), long("'''", "'''", true), line("\""), line("'")],
        ..NONE
    },
    Dialect { names: &["zig"], extensions: &["zig", "zon"], block_comments: &[], continuations: &["else"], ..NONE },
    Dialect {
        names: &["d", "dlang", "vala", "haxe", "solidity", "glsl", "hlsl", "wgsl", "metal", "proto", "thrift", "bicep"],
        extensions: &[
            "d",
            "vala",
            "hx",
            "sol",
            "glsl",
            "vert",
            "frag",
            "comp",
            "hlsl",
            "wgsl",
            "metal",
            "proto",
            "thrift",
            "bicep",
            "as",
            "actionscript",
            "apex",
            "cls",
            "jsonnet",
            "libsonnet",
            "v",
        ],
        quotes: &[long("`", "`", false), line("\""), line("'")],
        ..NONE
    },
    Dialect {
        names: &["hcl", "terraform", "nginx", "puppet"],
        extensions: &["tf", "tfvars", "hcl", "nomad", "pp"],
        files: &["nginx.conf"],
        comments: &["#", "//"],
        quotes: &[line("\"")],
        ..NONE
    },
    Dialect {
        names: &["graphql", "gql"],
        extensions: &["graphql", "gql"],
        comments: &["#"],
        block_comments: &[],
        quotes: &[long("\"\"\"", "\"\"\"", true), line("\"")],
        continuations: &[],
        ..NONE
    },
    Dialect {
        names: &["nix"],
        extensions: &["nix"],
        comments: &["#"],
        quotes: &[long("''", "''", false), long("\"", "\"", true)],
        continuations: &["in", "else", "then"],
        ..NONE
    },
    Dialect {
        names: &["perl", "pl", "raku", "perl6"],
        extensions: &["pl", "pm", "t", "raku", "pod"],
        programs: &["perl", "raku"],
        comments: &["#"],
        block_comments: &[("\n=pod", "\n=cut"), ("\n=head", "\n=cut"), ("\n=begin", "\n=cut")],
        quotes: &[long("\"", "\"", true), long("'", "'", true)],
        continuations: &["else", "elsif", "continue", "while", "until"],
        ..NONE
    },
    Dialect {
        names: &["powershell", "ps1", "pwsh"],
        extensions: &["ps1", "psm1", "psd1"],
        programs: &["pwsh", "powershell"],
        comments: &["#"],
        block_comments: &[("<#", "#>")],
        quotes: &[
            long("@\"", "\"@", false),
            long("@'", "'@", false),
            Quote { open: "\"", close: "\"", escapes: false, long: true },
            Quote { open: "'", close: "'", escapes: false, long: true },
        ],
        any_case: true,
        continuations: &["else", "elseif", "catch", "finally", "while", "until"],
        ..NONE
    },
    Dialect {
        names: &["tcl", "awk"],
        extensions: &["tcl", "awk"],
        programs: &["tclsh", "awk", "gawk", "mawk"],
        comments: &["#"],
        block_comments: &[],
        quotes: &[line("\"")],
        continuations: &["else", "elseif"],
        ..NONE
    },
    Dialect {
        names: &["julia", "jl"],
        extensions: &["jl"],
        programs: &["julia"],
        comments: &["#"],
        block_comments: &[("#=", "=#")],
        quotes: &[long("\"\"\"", "\"\"\"", true), line("\"")],
        words: (
            &[
                "function",
                "macro",
                "module",
                "baremodule",
                "struct",
                "begin",
                "quote",
                "let",
                "if",
                "for",
                "while",
                "try",
                "do",
            ],
            &["end"],
        ),
        continuations: &[],
        word_rule: WordRule::Julia,
        ..NONE
    },
    Dialect {
        names: &["elixir", "ex", "exs"],
        extensions: &["ex", "exs", "heex", "eex"],
        programs: &["elixir", "iex"],
        comments: &["#"],
        block_comments: &[],
        quotes: &[long("\"\"\"", "\"\"\"", true), long("'''", "'''", true), line("\""), line("'")],
        words: (&["do", "fn"], &["end"]),
        continuations: &[],
        chains_words: true,
        word_rule: WordRule::Elixir,
        ..NONE
    },
    Dialect {
        names: &["crystal", "cr"],
        extensions: &["cr"],
        programs: &["crystal"],
        comments: &["#"],
        block_comments: &[],
        quotes: &[long("\"", "\"", true), line("'")],
        words: (
            &[
                "def", "class", "module", "struct", "enum", "lib", "macro", "begin", "case", "do", "if", "unless",
                "while", "until",
            ],
            &["end"],
        ),
        continuations: &[],
        chains_words: true,
        word_rule: WordRule::Crystal,
        ..NONE
    },
    Dialect {
        names: &["erlang", "erl"],
        extensions: &["erl", "hrl", "escript"],
        programs: &["escript"],
        comments: &["%"],
        block_comments: &[],
        quotes: &[long("\"", "\"", true), line("'")],
        words: (&["case", "if", "begin", "receive", "try", "fun("], &["end"]),
        continuations: &[],
        ..NONE
    },
    Dialect {
        names: &["fortran", "f90", "f95"],
        extensions: &["f", "f90", "f95", "f03", "f08", "for", "ftn"],
        comments: &["!"],
        block_comments: &[],
        quotes: &[
            Quote { open: "\"", close: "\"", escapes: false, long: false },
            Quote { open: "'", close: "'", escapes: false, long: false },
        ],
        words: (
            &[
                "program",
                "module",
                "submodule",
                "subroutine",
                "function",
                "interface",
                "type",
                "do",
                "if",
                "select",
                "where",
                "forall",
                "block",
                "associate",
                "enum",
            ],
            &[
                "end",
                "enddo",
                "endif",
                "endfunction",
                "endsubroutine",
                "endmodule",
                "endprogram",
                "endselect",
                "endtype",
                "endinterface",
                "endwhere",
            ],
        ),
        any_case: true,
        continuations: &[],
        word_rule: WordRule::Fortran,
        ..NONE
    },
    Dialect {
        names: &["pascal", "delphi", "objectpascal"],
        extensions: &["pas", "dpr", "lpr"],
        block_comments: &[("{", "}"), ("(*", "*)")],
        quotes: &[Quote { open: "'", close: "'", escapes: false, long: false }],
        words: (
            &["begin", "case", "record", "class", "try", "asm", "repeat", "object", "interface"],
            &["end", "until"],
        ),
        any_case: true,
        continuations: &["else"],
        word_rule: WordRule::Pascal,
        ..NONE
    },
    Dialect {
        names: &["ada", "vhdl"],
        extensions: &["adb", "ads", "ada", "vhd", "vhdl"],
        comments: &["--"],
        block_comments: &[],
        quotes: &[Quote { open: "\"", close: "\"", escapes: false, long: false }],
        words: (&["begin", "if", "case", "loop", "record", "process", "package", "entity", "architecture"], &["end"]),
        any_case: true,
        continuations: &[],
        word_rule: WordRule::Ada,
        ..NONE
    },
    Dialect {
        names: &["verilog", "systemverilog", "sv"],
        extensions: &["sv", "svh", "vh"],
        quotes: &[line("\"")],
        words: (
            &[
                "begin",
                "module",
                "function",
                "task",
                "case",
                "casex",
                "casez",
                "class",
                "package",
                "generate",
                "fork",
                "interface",
            ],
            &[
                "end",
                "endmodule",
                "endfunction",
                "endtask",
                "endcase",
                "endclass",
                "endpackage",
                "endgenerate",
                "join",
                "join_any",
                "join_none",
                "endinterface",
            ],
        ),
        continuations: &["else"],
        word_rule: WordRule::Verilog,
        ..NONE
    },
    Dialect {
        names: &["vb", "vbnet", "visualbasic", "basic", "vba"],
        extensions: &["vb", "vbs", "bas"],
        comments: &["'"],
        block_comments: &[],
        quotes: &[Quote { open: "\"", close: "\"", escapes: false, long: false }],
        words: (
            &[
                "sub",
                "function",
                "if",
                "for",
                "while",
                "do",
                "select",
                "class",
                "module",
                "structure",
                "namespace",
                "property",
                "try",
                "with",
                "enum",
                "using",
            ],
            &["end", "next", "wend", "loop"],
        ),
        any_case: true,
        continuations: &[],
        word_rule: WordRule::VisualBasic,
        ..NONE
    },
    Dialect {
        names: &["matlab", "octave"],
        extensions: &["mat", "matlab"],
        programs: &["octave"],
        comments: &["%", "#"],
        block_comments: &[("%{", "%}")],
        quotes: &[Quote { open: "\"", close: "\"", escapes: false, long: false }],
        words: (
            &["function", "if", "for", "while", "switch", "try", "parfor", "classdef", "properties", "methods"],
            &["end", "endif", "endfor", "endwhile", "endfunction", "endswitch", "end_try_catch"],
        ),
        continuations: &[],
        word_rule: WordRule::LineStart,
        ..NONE
    },
    Dialect {
        names: &["vim", "viml", "vimscript"],
        extensions: &["vim"],
        files: &[".vimrc", "vimrc"],
        comments: &["\""],
        block_comments: &[],
        quotes: &[],
        words: (
            &["function", "if", "for", "while", "try", "augroup", "def"],
            &["endfunction", "endif", "endfor", "endwhile", "endtry", "enddef", "endfunc", "endwh", "en"],
        ),
        continuations: &[],
        word_rule: WordRule::Command,
        ..NONE
    },
    Dialect {
        names: &["fish"],
        extensions: &["fish"],
        programs: &["fish"],
        comments: &["#"],
        block_comments: &[],
        quotes: &[long("\"", "\"", true), long("'", "'", true)],
        words: (&["function", "if", "for", "while", "switch", "begin"], &["end"]),
        continuations: &[],
        word_rule: WordRule::Command,
        ..NONE
    },
    Dialect {
        names: &["sql", "plsql", "mysql", "postgresql", "sqlite", "tsql"],
        extensions: &["sql", "psql", "pgsql", "ddl", "plsql", "pks", "pkb"],
        comments: &["--"],
        quotes: &[
            Quote { open: "'", close: "'", escapes: false, long: true },
            Quote { open: "\"", close: "\"", escapes: false, long: true },
        ],
        words: (&["begin", "case", "loop"], &["end"]),
        any_case: true,
        continuations: &[],
        has_templates: true,
        word_rule: WordRule::Sql,
        ..NONE
    },
    Dialect {
        names: &["tex", "latex", "bibtex"],
        extensions: &["tex", "sty", "cls", "ltx"],
        comments: &["%"],
        block_comments: &[],
        quotes: &[],
        words: (&["\\begin"], &["\\end"]),
        continuations: &[],
        ..NONE
    },
    Dialect {
        names: &["clojure", "clj", "cljs", "edn"],
        extensions: &["clj", "cljs", "cljc", "edn"],
        comments: &[";;", ";"],
        block_comments: &[],
        quotes: &[long("\"", "\"", true)],
        continuations: &[],
        ..NONE
    },
    Dialect {
        names: &["lisp", "elisp", "emacs-lisp", "scheme", "racket", "common-lisp", "fennel"],
        extensions: &["lisp", "el", "scm", "ss", "rkt", "cl", "fnl", "lsp"],
        files: &[".emacs"],
        programs: &["guile", "racket", "sbcl"],
        comments: &[";;", ";"],
        block_comments: &[("#|", "|#")],
        quotes: &[long("\"", "\"", true)],
        continuations: &[],
        ..NONE
    },
    Dialect {
        names: &["dockerfile", "docker", "containerfile"],
        extensions: &["dockerfile", "containerfile"],
        files: &["Dockerfile", "Containerfile"],
        comments: &["#"],
        block_comments: &[],
        continuations: &[],
        has_templates: true,
        ..NONE
    },
    Dialect {
        names: &["ini", "conf", "properties", "dotenv", "gitconfig", "systemd"],
        extensions: &["ini", "cfg", "conf", "properties", "env", "service", "desktop", "editorconfig"],
        files: &[".gitconfig", ".editorconfig", ".npmrc", ".env"],
        family: Family::Prose,
        comments: &["#", ";"],
        block_comments: &[],
        quotes: &[],
        continuations: &[],
        has_templates: true,
        ..NONE
    },
];

impl Dialect {
    /// What begins and ends a comment of one line.
    #[must_use]
    pub fn comment(&self) -> Option<(&'static str, &'static str)> {
        let line = self.comments.first().map(|open| (*open, ""));
        line.or_else(|| self.block_comments.first().copied())
    }

    /// Its main name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.names.first().copied().unwrap_or("unknown")
    }
}

/// The language with this name, as `--language` and code fences write it.
#[must_use]
pub fn named(name: &str) -> Option<&'static Dialect> {
    let name = name.trim().to_ascii_lowercase();
    let all = || DIALECTS.iter().chain([&PLAIN]);
    all()
        .find(|one| one.names.contains(&name.as_str()))
        .or_else(|| all().find(|one| one.extensions.contains(&name.as_str())))
}

/// The language that an option or a setting names.
///
/// # Errors
/// Which names are similar.
pub fn parse(name: &str) -> Result<&'static Dialect, String> {
    named(name).ok_or_else(|| {
        let wanted = name.to_ascii_lowercase();
        let mut names: Vec<&str> = DIALECTS.iter().flat_map(|one| one.names).copied().collect();
        names.sort_by_key(|name| strsim::levenshtein(name, &wanted));
        format!("no such language; similar names are {}", names[..3].join(", "))
    })
}

/// The language of a file by its name.
#[must_use]
pub fn of_path(path: &Path) -> Option<&'static Dialect> {
    let name = path.file_name()?.to_str()?;
    let all = || DIALECTS.iter().chain([&PLAIN]);
    if let Some(found) = all().find(|one| one.files.contains(&name)) {
        return Some(found);
    }
    let end = path.extension()?.to_str()?.to_ascii_lowercase();
    // Templates have the language of their output.
    if ["in", "am", "tmpl", "j2", "template", "example", "dist", "bak", "orig"].contains(&end.as_str())
        && let Some(found) = path.file_stem().and_then(|stem| of_path(Path::new(stem)))
    {
        return Some(found);
    }
    all().find(|one| one.extensions.contains(&end.as_str()))
}

/// The language that the text itself names: a `#!` line, or a modeline of Vim or Emacs in its first or last lines.
#[must_use]
pub fn of_marks(text: &str) -> Option<&'static Dialect> {
    let first = text.lines().next().unwrap_or_default();
    if let Some(line) = first.strip_prefix("#!") {
        let mut words = line.split_whitespace().map(|word| word.rsplit('/').next().unwrap_or(word));
        let program = words.find(|word| *word != "env" && !word.starts_with('-') && !word.contains('='))?;
        let bare = program.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
        return DIALECTS.iter().find(|one| one.programs.contains(&program) || one.programs.contains(&bare));
    }
    if first.starts_with("<?php") {
        return named("php");
    }
    if first.starts_with("<!DOCTYPE") || first.starts_with("<!doctype") || first.starts_with("<?xml") {
        return named("html");
    }
    let head = text.lines().take(5);
    let tail = text.lines().rev().take(5);
    head.chain(tail).find_map(modeline)
}

/// The language that a modeline names: `vim: ft=ruby`, `-*- mode: ruby -*-`.
fn modeline(line: &str) -> Option<&'static Dialect> {
    if line.len() > 400 {
        return None;
    }
    if let Some((_, rest)) = line.split_once("-*-") {
        let (inner, _) = rest.split_once("-*-")?;
        let mode = inner.split(';').find_map(|part| {
            let (key, value) = part.split_once(':')?;
            key.trim().eq_ignore_ascii_case("mode").then_some(value)
        });
        return named(mode.unwrap_or(if inner.contains(':') { "" } else { inner }).trim());
    }
    let at = ["vim:", "vi:", "ex:"].iter().find_map(|mark| line.find(mark))?;
    let words = line[at..].split([' ', ':', '\t']);
    let mut names = words.filter_map(|word| word.strip_prefix("ft=").or_else(|| word.strip_prefix("filetype=")));
    named(names.next()?)
}

/// The language of a file by its name, or else that of `text`: what it declares, or what its lines look like.
#[must_use]
pub fn of(path: Option<&Path>, text: &str) -> &'static Dialect {
    let by_name = path.and_then(of_path);
    if let Some(found) = by_name {
        return if found.grammar == Some(Grammar::C) && is_cpp(text) { named("cpp").unwrap_or(found) } else { found };
    }
    of_marks(text).unwrap_or_else(|| by_looks(text))
}

/// Whether a header named `.h` is C++.
fn is_cpp(text: &str) -> bool {
    let marks = ["class ", "namespace ", "template<", "template <", "public:", "private:", "std::", "using "];
    text.lines().any(|line| marks.iter().any(|mark| line.trim_start().starts_with(mark)) || line.contains("std::"))
}

/// What the lines of a text look like.
fn by_looks(text: &str) -> &'static Dialect {
    let (mut colons, mut braces, mut ends, mut tags) = (0, 0, 0, 0);
    for line in text.lines().map(str::trim) {
        colons += usize::from(line.ends_with(':'));
        braces += usize::from(line.ends_with(['{', '}', ';']));
        ends += usize::from(line == "end");
        tags += usize::from(line.starts_with('<') && line.ends_with('>'));
    }
    let found = match () {
        () if tags > braces.max(colons).max(ends) => named("html"),
        () if ends > braces.max(colons) => named("ruby"),
        () if braces > colons => Some(&BRACED),
        () => Some(&INDENTED),
    };
    found.unwrap_or(&INDENTED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_of_one_language_each() {
        for (index, one) in DIALECTS.iter().enumerate() {
            assert!(named(one.name()).is_some_and(|found| found == one), "{}", one.name());
            for other in &DIALECTS[index + 1..] {
                let both = one.extensions.iter().find(|end| other.extensions.contains(end));
                assert!(both.is_none() || both == Some(&"cls"), "{} {}: {both:?}", one.name(), other.name());
                let both = one.files.iter().find(|file| other.files.contains(file));
                assert_eq!(both, None, "{} {}", one.name(), other.name());
            }
        }
    }

    #[test]
    fn files_names_and_marks() {
        for (path, text, expected) in [
            ("a.py", "{;\n", "python"),
            ("a.RS", "x:\n", "rust"),
            ("Makefile.in", "", "make"),
            ("config.json.example", "", "json"),
            ("Dockerfile", "", "dockerfile"),
            ("a.h", "int f(void);\n", "c"),
            ("a.h", "class A;\n", "cpp"),
            ("run", "#!/usr/bin/env -S python3 -u\n", "python"),
            ("run", "#!/bin/sh\n", "bash"),
            ("run", "#!/usr/bin/ruby2.7\n", "ruby"),
            ("x", "-- a\n-- vim: set ft=lua :\n", "lua"),
            ("x", "# -*- mode: ruby; coding: utf-8 -*-\n", "ruby"),
            ("x", "# -*- perl -*-\n", "perl"),
            ("x", "# -*- coding: utf-8 -*-\ndef f():\n", "unknown"),
            ("page", "<!DOCTYPE html>\n", "html"),
            ("page", "<div>\n<p>\n</p>\n</div>\n", "html"),
            ("a", "def f\n  1\nend\n", "ruby"),
        ] {
            assert_eq!(of(Some(Path::new(path)), text).name(), expected, "{path} {text:?}");
        }
        assert_eq!(of(None, "int f() {\n  return 1;\n}\n"), &BRACED);
        assert_eq!(of(None, "def f():\n    d = {\n"), &INDENTED);
        assert_eq!(of(None, ""), &INDENTED);
        assert_eq!(named("C++").map(Dialect::name), Some("cpp"));
        assert_eq!(named("nonsense"), None);
        let error = parse("pythn").expect_err("no such name");
        assert!(error.contains("python"), "{error}");
    }
}
