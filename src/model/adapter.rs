//! LoRA adapters: small files that change the weights of the model that they were trained with.
//!
//! Headers are checked against that of the model, since llama.cpp says only that an adapter cannot be used.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::{Error, Kind, Result};
use crate::model::gguf::{self, Header, Tensor, Value};

/// The largest scale: more is a mistake.
const MAX_SCALE: f32 = 100.0;

/// An adapter that is asked for: its file, and how strongly it counts.
#[derive(Debug, Clone, PartialEq)]
pub struct AdapterFile {
    /// The file.
    pub path: PathBuf,
    /// Its share of what it was trained to be.
    pub scale: f32,
}

impl AdapterFile {
    /// Reads `FILE` or `FILE:SCALE`. A number behind the last colon is a scale, unless the file has the whole name.
    ///
    /// # Errors
    /// What it must be.
    pub fn parse(text: &str) -> std::result::Result<AdapterFile, String> {
        let whole = || AdapterFile { path: PathBuf::from(text), scale: 1.0 };
        let Some((path, scale)) = text.rsplit_once(':').filter(|(path, _)| !path.is_empty()) else {
            return if text.is_empty() { Err("FILE or FILE:SCALE".to_owned()) } else { Ok(whole()) };
        };
        match scale.parse::<f32>() {
            Err(_) => Ok(whole()),
            Ok(_) if Path::new(text).exists() => Ok(whole()),
            Ok(scale) if scale.abs() <= MAX_SCALE => Ok(AdapterFile { path: PathBuf::from(path), scale }),
            Ok(_) => Err(format!("a scale from -{MAX_SCALE} to {MAX_SCALE}")),
        }
    }
}

/// As it is written on the command line.
impl fmt::Display for AdapterFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path.display(), self.scale)
    }
}

/// What a header says of an adapter.
#[derive(Debug, Clone, PartialEq)]
pub struct AdapterProfile {
    /// `general.name`, or an empty text.
    pub name: String,
    /// The architecture of models that it fits.
    pub architecture: String,
    /// The model that it was trained with, if the file names it.
    pub base: Option<String>,
    /// Its alpha, which is divided by the rank for the weight of the change.
    pub alpha: f64,
    /// The smallest and the largest rank.
    pub ranks: (u64, u64),
    /// The kinds of tensors that it changes, with the number of each.
    pub targets: BTreeMap<String, usize>,
}

/// Whether a header is that of an adapter.
#[must_use]
pub fn is_adapter(header: &Header) -> bool {
    header.string("general.type") == Some("adapter")
}

/// The halves of the change of one tensor.
type Pairs<'a> = BTreeMap<&'a str, (Option<&'a Tensor>, Option<&'a Tensor>)>;

fn pairs(header: &Header) -> std::result::Result<Pairs<'_>, String> {
    let mut pairs = Pairs::new();
    for tensor in &header.tensors {
        if (24..=28).contains(&tensor.kind) {
            return Err(format!(
                "the tensor {:?} has the type {}, which weights do not have",
                tensor.name, tensor.kind
            ));
        }
        if let Some(name) = tensor.name.strip_suffix(".lora_a") {
            pairs.entry(name).or_default().0 = Some(tensor);
        } else if let Some(name) = tensor.name.strip_suffix(".lora_b") {
            pairs.entry(name).or_default().1 = Some(tensor);
        } else if !tensor.name.ends_with("_norm.weight") {
            return Err(format!("the tensor {:?} is not a part of a LoRA adapter", tensor.name));
        }
    }
    Ok(pairs)
}

/// Describes the adapter whose header this is.
///
/// # Errors
/// Why it is not one that llama.cpp uses.
pub fn identify(header: &Header) -> std::result::Result<AdapterProfile, String> {
    if !is_adapter(header) {
        return Err("it is not an adapter (general.type)".into());
    }
    match header.string("adapter.type") {
        Some("lora") => {}
        other => return Err(format!("its kind of adapter is {:?}; \"lora\" is supported", other.unwrap_or_default())),
    }
    if header.keys().any(|key| key.starts_with("adapter.alora.")) {
        return Err("it is an activated adapter (aLoRA), which changes only a part of the answer".into());
    }
    let alpha = match header.get("adapter.lora.alpha") {
        Some(Value::Float(alpha)) if alpha.is_finite() => *alpha,
        _ => return Err("adapter.lora.alpha is missing or is not a number".into()),
    };
    let mut targets = BTreeMap::new();
    let (mut least, mut most) = (u64::MAX, 0);
    for (name, pair) in pairs(header)? {
        let (Some(a), Some(b)) = pair else { return Err(format!("a half of the change of {name:?} is missing")) };
        // The embedding's halves are stored the other way round.
        let (rank, other) = if name == EMBEDDING { (row(a, 0), row(b, 0)) } else { (row(a, 1), row(b, 0)) };
        if rank != other {
            return Err(format!("the halves of the change of {name:?} have the ranks {rank} and {other}"));
        }
        (least, most) = (least.min(rank), most.max(rank));
        let layer = name.strip_prefix("blk.").and_then(|rest| Some(rest.split_once('.')?.1));
        let kind = layer.unwrap_or(name).trim_end_matches(".weight");
        *targets.entry(kind.to_owned()).or_insert(0) += 1;
    }
    if targets.is_empty() {
        return Err("it changes nothing".into());
    }
    Ok(AdapterProfile {
        name: header.string("general.name").unwrap_or_default().to_owned(),
        architecture: header.string("general.architecture").unwrap_or_default().to_owned(),
        base: header.string("general.base_model.0.name").map(str::to_owned),
        alpha,
        ranks: (least, most),
        targets,
    })
}

const EMBEDDING: &str = "token_embd.weight";

/// A dimension; those that a tensor does not have are 1.
fn row(tensor: &Tensor, dimension: usize) -> u64 {
    tensor.shape.get(dimension).copied().unwrap_or(1)
}

/// Why an adapter does not fit a model.
fn mismatch(adapter: &Header, base: &Header) -> std::result::Result<(), String> {
    let architecture = |header: &Header| header.string("general.architecture").unwrap_or_default().to_owned();
    if architecture(adapter) != architecture(base) {
        return Err(format!("it is for the architecture {:?}, not {:?}", architecture(adapter), architecture(base)));
    }
    let tensors: BTreeMap<&str, &Tensor> = base.tensors.iter().map(|tensor| (tensor.name.as_str(), tensor)).collect();
    for (name, pair) in pairs(adapter)? {
        let (Some(a), Some(b)) = pair else { continue };
        let Some(tensor) = tensors.get(name) else {
            return Err(format!("it changes {name:?}, which the model has not"));
        };
        let (width, height) = if name == EMBEDDING { (row(b, 1), row(a, 1)) } else { (row(a, 0), row(b, 1)) };
        let count = row(tensor, 2);
        if (width, height) != (row(tensor, 0), row(tensor, 1)) || row(a, 2) != count || row(b, 2) != count {
            return Err(format!(
                "it is for a {name:?} of {width} x {height} numbers, and the model's has {} x {}",
                row(tensor, 0),
                row(tensor, 1)
            ));
        }
    }
    Ok(())
}

/// Reads the header of an adapter, and checks that it fits the model whose file and header these are. Returns its size
/// in bytes.
///
/// # Errors
/// As [`gguf::read`], and [`Kind::Data`] if it is not an adapter or does not fit.
pub fn check(adapter: &Path, model: &Path, base: &Header) -> Result<u64> {
    let header = gguf::read(adapter)?;
    let profile = identify(&header).map_err(|why| {
        Error::new(Kind::Data, format!("cannot use {} as an adapter", adapter.display()), why)
            .hint("--lora takes GGUF files that llama.cpp's convert_lora_to_gguf.py makes")
    })?;
    mismatch(&header, base).map_err(|why| {
        let named = if profile.name.is_empty() { String::new() } else { format!(" ({})", profile.name) };
        let what = format!("the adapter {}{named} does not fit {}", adapter.display(), model.display());
        let hint = profile.base.map_or_else(
            || "use it with the model that it was trained with".to_owned(),
            |base| format!("it was trained with {base}"),
        );
        Error::new(Kind::Data, what, why).hint(hint)
    })?;
    Ok(header.file_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_is_a_number_behind_the_last_colon() {
        let parsed = |text: &str| AdapterFile::parse(text).map(|file| (file.path.display().to_string(), file.scale));
        assert_eq!(parsed("a.gguf"), Ok(("a.gguf".into(), 1.0)));
        assert_eq!(parsed("a.gguf:0.5"), Ok(("a.gguf".into(), 0.5)));
        assert_eq!(parsed("C:\\a.gguf:-1"), Ok(("C:\\a.gguf".into(), -1.0)));
        assert_eq!(parsed("C:\\a.gguf"), Ok(("C:\\a.gguf".into(), 1.0)));
        for wrong in ["", "a:101", "a:inf", "a:NaN"] {
            assert!(AdapterFile::parse(wrong).is_err(), "{wrong}");
        }
    }
}
