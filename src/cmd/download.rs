//! `dscoder download`: downloads a model.

use crate::cancel::Cancel;
use crate::error::Result;
use crate::model::digest::Digest;
use crate::model::{catalog, library, memory};
use crate::places::Places;
use crate::run::download::{CONNECTIONS, Order, download};
use crate::settings::flags::{ConsoleFlags, downloadable_model};
use crate::settings::parse::Offering;
use crate::term::table::table;
use crate::term::{self, Term};
use crate::units::bytes;

/// Download a model, or resume an interrupted download
///
/// A file that dscoder or another program has already downloaded is used in place. A download is complete only when its
/// SHA-256 matches.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder download 6.7b-base
  dscoder download 1.3b-base:Q8_0
  dscoder download hf:TheBloke/deepseek-coder-1.3b-base-GGUF/deepseek-coder-1.3b-base.Q6_K.gguf
  dscoder download ollama:deepseek-coder:6.7b-base
  dscoder download https://example.org/model.gguf --sha256 0123…")]
pub struct Args {
    /// A name with an optional quantization, hf:OWNER/REPOSITORY/FILE[@REVISION], ollama:NAME[:TAG], or a URL with
    /// --sha256
    #[arg(required_unless_present = "list", value_parser = Offering(downloadable_model), hide_possible_values = true)]
    pub model: Option<String>,

    /// List the models that can be downloaded by name
    #[arg(long, conflicts_with = "model")]
    pub list: bool,

    /// Expected SHA-256 of the file
    #[arg(long, value_name = "HEX")]
    pub sha256: Option<Digest>,

    /// Number of parts to download in parallel
    #[arg(long, value_name = "N", default_value_t = CONNECTIONS, env = "DSCODER_CONNECTIONS", hide_env_values = true,
          value_parser = clap::value_parser!(u8).range(1..=16))]
    pub connections: u8,

    /// Open no connection; only find models on this machine
    #[arg(long, env = "DSCODER_OFFLINE", hide_env_values = true, value_parser = clap::builder::FalseyValueParser::new())]
    pub offline: bool,

    /// What is said on stderr.
    #[command(flatten)]
    pub console: ConsoleFlags,
}

/// Runs it.
///
/// # Errors
/// Errors from the network, from received data, and from writing.
pub fn run(args: &Args, term: &Term, cancel: &Cancel) -> Result<()> {
    let Some(model) = args.model.as_deref().filter(|_| !args.list) else {
        return term::write::print(&offered(&Places::of_user())).map(drop);
    };
    let order = Order { model, sha256: args.sha256, connections: args.connections, offline: args.offline };
    if let Some(next) = download(&order, term, cancel)? {
        term.note(&format!("try: {next}"));
    }
    Ok(())
}

/// The models with a name, as a table.
fn offered(places: &Places) -> String {
    let installed = library::all(places);
    let mut rows = vec![["NAME", "SIZE", "MEMORY", "QUANTIZATIONS", "HERE"].map(str::to_owned).to_vec()];
    for entry in catalog::entries() {
        let here: Vec<_> = installed
            .iter()
            .filter(|model| model.entry == Some(entry) && model.missing == 0)
            .map(|model| if model.quantization.is_empty() { "yes" } else { model.quantization.as_str() })
            .collect();
        let mark = |offered: &String| if *offered == entry.default { format!("{offered}*") } else { offered.clone() };
        rows.push(vec![
            entry.name.clone(),
            format!("about {}", bytes(entry.about_bytes)),
            bytes(memory::estimate(entry, 4096)),
            entry.quantizations.iter().map(mark).collect::<Vec<_>>().join(" "),
            if here.is_empty() { "-".to_owned() } else { here.join(" ") },
        ]);
    }
    let licence = catalog::licence();
    format!(
        "{}\n* is fetched without a word, and the size is that of it; the memory is for a context of 4096 tokens.\n\
         The weights are under the {}: {}\n",
        table(&rows),
        licence.name,
        licence.url
    )
}
