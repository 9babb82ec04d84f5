//! `dscoder models`: the installed models and their properties.

use std::path::Path;

use crate::cancel::Cancel;
use crate::cmd::cache;
use crate::error::{Error, Kind, Result, reason};
use crate::fetch::unfinished::{self, Unfinished};
use crate::model::adapter::{self, AdapterProfile};
use crate::model::digest::{Digest, Remembered};
use crate::model::family::{self, Experts, Flavour, Infill, Profile};
use crate::model::gguf::Header;
use crate::model::library::{self, Installed, ModelOrigin, Receipt, Soundness};
use crate::model::memory::Need;
use crate::model::store::{self, Found};
use crate::model::{self, shards};
use crate::places::Places;
use crate::settings;
use crate::settings::flags::{ConsoleFlags, any_model, downloadable_model};
use crate::settings::parse::Offering;
use crate::term::table::table;
use crate::term::{self, Term};
use crate::units::bytes;
use crate::vocabulary::Series;

/// List, show, verify and remove models
///
/// Without a subcommand, it lists them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder models
  dscoder models show 6.7b-base")]
pub struct Args {
    /// The subcommand.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// What is said on stderr.
    #[command(flatten)]
    pub console: ConsoleFlags,
}

/// The subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the models on this machine: dscoder's own, and those of the Hugging Face cache, Ollama and LM Studio
    #[command(after_help = "Examples:\n  dscoder models list")]
    List,
    /// Show a model's properties, what dscoder mends in its file, and the memory it needs
    #[command(after_help = "Examples:\n  dscoder models show demo\n  dscoder models show 6.7b-base --ctx-size 16384")]
    Show {
        /// A name, a path, or demo
        #[arg(value_parser = Offering(any_model), hide_possible_values = true)]
        model: String,
        /// Context size in tokens; by default 4096, or the model's limit if that is less
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
        ctx_size: Option<u32>,
    },
    /// Compute the SHA-256 of models and compare it with the expected one
    #[command(after_help = "Examples:\n  dscoder models verify\n  dscoder models verify 6.7b-base")]
    Verify {
        /// Names or paths; all models on this machine by default
        #[arg(value_parser = Offering(any_model), hide_possible_values = true)]
        models: Vec<String>,
    },
    /// Remove a model that dscoder downloaded, or an unfinished download
    #[command(after_help = "Examples:\n  dscoder models remove 6.7b-base:Q8_0")]
    Remove {
        /// A name, a path, or the name of a file in the models directory
        #[arg(value_parser = Offering(downloadable_model), hide_possible_values = true)]
        model: String,
        /// Do not ask for confirmation
        #[arg(short, long)]
        yes: bool,
    },
    /// Print the path of a model's file
    #[command(after_help = "Examples:\n  llama-cli -m \"$(dscoder models path 6.7b-base)\"")]
    Path {
        /// A name, a path, or demo
        #[arg(value_parser = Offering(any_model), hide_possible_values = true)]
        model: String,
    },
}

/// Runs it.
///
/// # Errors
/// [`Kind::NoInput`] if there is no such model, [`Kind::Data`] if one is damaged; errors from reading and writing.
pub fn run(args: &Args, term: &Term, cancel: &Cancel) -> Result<()> {
    let places = Places::of_user();
    match args.command.as_ref().unwrap_or(&Command::List) {
        Command::List => term::write::print(&list(&places, term)).map(drop),
        Command::Show { model, ctx_size } => term::write::print(&show(model, *ctx_size, &places)?).map(drop),
        Command::Verify { models } => verify(models, &places, term, cancel),
        Command::Remove { model, yes } => remove(model, *yes, &places, term),
        Command::Path { model } => term::write::print(&format!("{}\n", find(model, &places)?.display())).map(drop),
    }
}

/// The file of a name.
///
/// # Errors
/// [`Kind::NoInput`] if there is none.
pub fn find(name: &str, places: &Places) -> Result<std::path::PathBuf> {
    match store::find(Some(name), Flavour::Base, store::memory(), places)? {
        Found::File(path) if path.exists() => Ok(shards::paths(&path).swap_remove(0)),
        Found::File(path) => Err(Error::reading(&path, &std::io::ErrorKind::NotFound.into())),
        Found::Script(_) => Err(Error::new(Kind::Usage, format!("{name} is not a model file"), "")),
    }
}

fn installed(path: &Path, places: &Places) -> Option<Installed> {
    library::all(places).into_iter().find(|model| model.path == path)
}

fn list(places: &Places, term: &Term) -> String {
    let models = library::all(places);
    let unfinished = unfinished::unfinished(&places.models);
    if models.is_empty() && unfinished.is_empty() {
        term.note("there are no models on this machine; `dscoder download --list` lists some");
        return String::new();
    }
    if let Some(words) = cache::summary() {
        term.note(&format!("{words} in the cache; see dscoder cache"));
    }
    let remembered = Remembered::load(&places.cache);
    let mut rows = vec![["NAME", "QUANTIZATION", "SIZE", "FROM", "STATE", "PATH"].map(str::to_owned).to_vec()];
    for model in &models {
        let quantization = if model.quantization.is_empty() { "-" } else { &model.quantization };
        rows.push(vec![
            model.name.clone(),
            quantization.to_owned(),
            bytes(model.bytes),
            match model.origin {
                ModelOrigin::Own if !model.is_owned() => "you".to_owned(),
                origin => origin.words().to_owned(),
            },
            model.soundness(&remembered).to_string(),
            model.path.display().to_string(),
        ]);
    }
    for Unfinished { name, done, size, files } in unfinished {
        rows.push(vec![
            name,
            "-".to_owned(),
            bytes(size),
            "dscoder".to_owned(),
            format!("{} % fetched", done.saturating_mul(100) / size.max(1)),
            files.partial.display().to_string(),
        ]);
    }
    table(&rows)
}

fn show(name: &str, tokens: Option<u32>, places: &Places) -> Result<String> {
    let rows = about(name, tokens, places)?;
    let rows: Vec<_> = rows.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect();
    Ok(table(&rows))
}

/// The default context for computing memory, in tokens.
const CONTEXT: u32 = 4096;

/// The default context for computing the memory of `model`, in tokens.
pub fn usual_context(model: &Profile) -> u32 {
    CONTEXT.min(model.context)
}

/// The properties of a model, with the memory that it needs for a context of `tokens`, or for the default one.
///
/// # Errors
/// [`Kind::NoInput`] if there is none, [`Kind::Data`] if its file cannot be used, [`Kind::Usage`] if its context is
/// smaller than `tokens`.
pub fn about(name: &str, tokens: Option<u32>, places: &Places) -> Result<Vec<(&'static str, String)>> {
    let path = find(name, places)?;
    let (path, header) = model::read(&path)?;
    let refuse = |why: String| Error::new(Kind::Data, format!("cannot use {}", path.display()), why);
    if adapter::is_adapter(&header) {
        return Ok(about_adapter(&path, &header, &adapter::identify(&header).map_err(refuse)?));
    }
    let profile = family::identify(&header).map_err(refuse)?;
    let tokens = tokens.map_or(Ok(usual_context(&profile)), |tokens| settings::within(tokens, profile.context))?;
    let shape = &profile.shape;
    let files = shards::paths(&path).len();
    let known = installed(&path, places);
    let receipt = Receipt::load(&path);
    let digest = known.as_ref().and_then(|model| model.sha256).or_else(|| Remembered::load(&places.cache).get(&path));
    // The reader has checked each product.
    let elements = header.tensors.iter().map(|tensor| tensor.shape.iter().product());
    let elements = elements.fold(0, u64::saturating_add);
    let parallel = if files > 1 { format!(" and {} more", files - 1) } else { String::new() };
    let mended = family::mended(&header, &profile);
    let kind = match (profile.flavour, profile.infill == Infill::Trained) {
        (Flavour::Base, true) => "Base: continues text and fills gaps",
        (Flavour::Base, false) => "Base: continues text",
        (Flavour::Instruct, true) => "Instruct: follows instructions, and fills gaps",
        (Flavour::Instruct, false) => "Instruct: follows instructions",
    };
    let chat = match (profile.flavour, profile.controls.series) {
        (Flavour::Base, _) => "none",
        (Flavour::Instruct, Series::V1 | Series::V15) => {
            "\"### Instruction:\" and \"### Response:\", an answer ends with <|EOT|>"
        }
        (Flavour::Instruct, Series::V2) => "\"User:\" and \"Assistant:\", an answer ends with <｜end▁of▁sentence｜>",
    };
    let mut rows = vec![
        ("name", if profile.name.is_empty() { "-".to_owned() } else { profile.name.clone() }),
        ("file", format!("{}{parallel}", path.display())),
        ("from", source(known.as_ref(), receipt.as_ref())),
        ("size", format!("{} ({} bytes)", bytes(header.file_bytes), header.file_bytes)),
        ("quantization", quantization(&header)),
        ("parameters", millions(elements)),
        (
            "architecture",
            format!(
                "{}: {} layers, width {}, feed-forward {}, {} heads, {}",
                profile.architecture(),
                shape.layers,
                shape.width,
                shape.feed_forward,
                shape.heads,
                if shape.is_latent() {
                    format!("latent keys and values of {}", shape.key_width)
                } else {
                    format!("{} of keys and values", shape.key_heads)
                }
            ),
        ),
    ];
    rows.extend(shape.experts.map(|one| ("experts", experts(one))));
    rows.extend([
        ("context", format!("{} tokens, {} each", profile.context, bytes(shape.kv_bytes()))),
        ("vocabulary", format!("{} tokens", shape.vocabulary)),
        ("kind", kind.to_owned()),
        ("chat format", chat.to_owned()),
        ("mended", if mended.is_empty() { "nothing".to_owned() } else { mended[0].clone() }),
    ]);
    rows.extend(mended.iter().skip(1).map(|words| ("", words.clone())));
    rows.push(("memory", Need::of(shape, header.file_bytes, tokens).words()));
    rows.push((
        "sha256",
        digest.map_or_else(|| "not computed yet (dscoder models verify)".to_owned(), |it| it.to_string()),
    ));
    Ok(rows)
}

/// The properties of an adapter.
fn about_adapter(path: &Path, header: &Header, profile: &AdapterProfile) -> Vec<(&'static str, String)> {
    let or_dash = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
    let ranks = match profile.ranks {
        (least, most) if least == most => least.to_string(),
        (least, most) => format!("{least} to {most}"),
    };
    let changes: Vec<String> = profile.targets.iter().map(|(kind, count)| format!("{kind} ({count})")).collect();
    vec![
        ("name", or_dash(&profile.name)),
        ("file", path.display().to_string()),
        ("size", format!("{} ({} bytes)", bytes(header.file_bytes), header.file_bytes)),
        ("kind", "LoRA adapter: used with its model by --lora".to_owned()),
        ("architecture", profile.architecture.clone()),
        ("model", profile.base.clone().unwrap_or_else(|| "not named".to_owned())),
        ("rank", ranks),
        ("alpha", profile.alpha.to_string()),
        ("changes", changes.join(", ")),
    ]
}

fn experts(experts: Experts) -> String {
    let Experts { total, used, shared, feed_forward } = experts;
    format!("{used} of {total} for a token, and {shared} for all, each of width {feed_forward}")
}

/// The origin of a file, in words.
fn source(known: Option<&Installed>, receipt: Option<&Receipt>) -> String {
    match (receipt, known) {
        (Some(receipt), _) => match &receipt.revision {
            Some(revision) => format!("{} (commit {revision})", receipt.source),
            None => receipt.source.clone(),
        },
        (None, Some(model)) if model.origin != ModelOrigin::Own => model.origin.words().to_owned(),
        _ => "you".to_owned(),
    }
}

fn quantization(header: &Header) -> String {
    let name = header.number("general.file_type").and_then(library::quantization_name);
    name.unwrap_or("not named").to_owned()
}

fn millions(count: u64) -> String {
    match count {
        0..1_000_000_000 => format!("{:.0} million", count as f64 / 1e6),
        _ => format!("{:.1} billion", count as f64 / 1e9),
    }
}

fn verify(names: &[String], places: &Places, term: &Term, cancel: &Cancel) -> Result<()> {
    let mut chosen = Vec::new();
    if names.is_empty() {
        chosen = library::all(places).into_iter().map(|model| (model.full_name(), model.files)).collect();
    }
    for name in names {
        let path = find(name, places)?;
        chosen.push((name.clone(), shards::paths(&path)));
    }
    if chosen.is_empty() {
        term.note("there are no models on this machine");
    }
    let known = library::all(places);
    let mut remembered = Remembered::load(&places.cache);
    let mut damaged = Vec::new();
    for (name, files) in chosen {
        for file in &files {
            if !file.exists() {
                damaged.push(name.clone());
                term::write::print(&format!("missing  {name}  {}\n", file.display()))?;
                continue;
            }
            let blob =
                known.iter().find(|model| model.files.len() == 1 && model.path == *file).and_then(|model| model.sha256);
            let expected = Receipt::load(file).map(|receipt| receipt.sha256).or(blob);
            let found = hash(file, term, cancel)?;
            let before = expected.or_else(|| remembered.get(file));
            let (verdict, word) = match before {
                Some(before) if before == found => (Soundness::Ok, "ok"),
                Some(_) => (Soundness::Damaged, "damaged"),
                None => (Soundness::NotVerified, "new"),
            };
            if verdict.is_bad() {
                damaged.push(name.clone());
            } else {
                remembered.put(file, found);
            }
            term::write::print(&format!("{word:7}  {name}  {found}  {}\n", file.display()))?;
            if verdict == Soundness::NotVerified {
                term.note(&format!(
                    "the expected SHA-256 of {} is unknown; the computed one is remembered for the next time",
                    file.display()
                ));
            }
        }
    }
    damaged.dedup();
    match damaged.as_slice() {
        [] => Ok(()),
        [name, ..] => Err(Error::new(Kind::Data, format!("damaged: {}", damaged.join(", ")), "")
            .hint(format!("`dscoder models remove {name}` and `dscoder download` download it again"))),
    }
}

fn hash(file: &Path, term: &Term, cancel: &Cancel) -> Result<Digest> {
    use crate::watch::Watch;
    let size = std::fs::metadata(file).map_err(|error| Error::reading(file, &error))?.len();
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let progress = term.progress(&name);
    let mut done = 0;
    Digest::of_file(file, cancel, &mut |count| {
        done += count;
        progress.progress(done, size);
    })
}

fn remove(name: &str, yes: bool, places: &Places, term: &Term) -> Result<()> {
    if name == "demo" {
        return Err(Error::new(Kind::Usage, "demo is built into dscoder", "it cannot be removed"));
    }
    // An unfinished download has the name of its file.
    if let Some(rest) = unfinished::unfinished(&places.models).into_iter().find(|rest| rest.name == name) {
        if !agreed(&format!("remove the unfinished download of {name} ({})?", bytes(rest.done)), yes) {
            return Ok(());
        }
        rest.files.clear();
        term.note(&format!("removed the unfinished download of {name}"));
        return Ok(());
    }
    let own: Vec<_> = library::all(places).into_iter().filter(|model| model.origin == ModelOrigin::Own).collect();
    // Among models with a catalog name, dscoder's own comes before a larger one of another program; incomplete ones can
    // be removed too.
    let named = |model: &&Installed| {
        model.full_name().eq_ignore_ascii_case(name)
            || model.files.iter().any(|file| file == Path::new(name) || file.file_name().is_some_and(|it| it == name))
    };
    let by_name = |model: &&Installed| model.entry.is_some() && model.name.eq_ignore_ascii_case(name);
    let model = match (own.iter().find(named), own.iter().filter(by_name).collect::<Vec<_>>().as_slice()) {
        (Some(model), _) => model.clone(),
        (None, [model]) => (*model).clone(),
        (None, [_, _, ..]) => {
            let names: Vec<_> = own.iter().filter(by_name).map(Installed::full_name).collect();
            return Err(Error::new(Kind::Usage, format!("several models are called {name}"), "").hint(names.join(", ")));
        }
        (None, []) => {
            let path = find(name, places)?;
            let known = installed(&path, places);
            let whose = known.map_or("dscoder did not download it".to_owned(), |model| {
                format!("it belongs to {}", model.origin.words())
            });
            return Err(not_ours(&path, &whose));
        }
    };
    if !model.is_owned() {
        return Err(not_ours(&model.path, "dscoder did not download it"));
    }
    if !agreed(&format!("remove {} ({}, {})?", model.full_name(), bytes(model.bytes), model.path.display()), yes) {
        return Ok(());
    }
    for file in model.files.iter().filter(|file| file.exists()) {
        Receipt::remove_with(file)
            .map_err(|error| Error::new(Kind::Io, format!("cannot remove {}", file.display()), reason(&error)))?;
    }
    term.note(&format!("removed {} ({})", model.full_name(), bytes(model.bytes)));
    Ok(())
}

/// A question on a terminal; a script is not asked.
fn agreed(question: &str, yes: bool) -> bool {
    yes || term::ask(question).unwrap_or(true)
}

fn not_ours(path: &Path, whose: &str) -> Error {
    Error::new(Kind::Usage, format!("{} is not removed", path.display()), whose)
        .hint("remove it with the program that downloaded it, or by hand")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_aligned() {
        let rows = [vec!["a".to_owned(), "é".to_owned(), "x".to_owned()], vec!["bcd".to_owned(), String::new()]];
        assert_eq!(table(&rows), "a    é  x\nbcd\n");
        let wide = [vec!["模型".to_owned(), "x".to_owned()], vec!["e\u{301}".to_owned(), "y".to_owned()]];
        assert_eq!(table(&wide), "模型  x\ne\u{301}     y\n");
    }

    #[test]
    fn parameters_in_words() {
        assert_eq!((millions(13_400_000).as_str(), millions(6_740_000_000).as_str()), ("13 million", "6.7 billion"));
    }
}
