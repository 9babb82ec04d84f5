//! Finding and opening a draft model.

use crate::error::{Error, Kind, Result};
use crate::model::catalog::CatalogEntry;
use crate::model::library::{self, Installed};
use crate::model::store::{self, Found};
use crate::model::{Model, catalog};
use crate::places::Places;
use crate::settings::DraftModel;
use crate::term::Term;
use crate::vocabulary::Series;

/// A draft model chosen by itself is smaller than this share of the model: 1.3B of 6.7B.
const SMALLER: u64 = 3;
/// Billions of parameters of the largest model that is chosen by itself.
const SMALL: f64 = 1.5;

/// Opens the model that drafts for `model`. `None` if none was named and none helps.
///
/// # Errors
/// As [`store::find`] and [`Model::open`], and [`Kind::Data`] if the vocabularies differ.
pub fn open(wanted: &DraftModel, model: &Model, term: &Term) -> Result<Option<Model>> {
    let places = Places::of_user();
    let name = match wanted {
        DraftModel::Auto => return automatic(model, &places, term),
        DraftModel::Named(name) => name,
    };
    let draft = match store::find(Some(name), model.profile.flavour, store::memory(), &places)? {
        Found::File(path) => Model::open(&path)?,
        Found::Script(_) => return Err(Error::new(Kind::Usage, "--draft needs a model", "canned answers are none")),
    };
    if draft.tokenizer.is_same_as(&model.tokenizer) {
        return Ok(Some(draft));
    }
    let what = format!("{} cannot draft for {}", draft.path.display(), model.path.display());
    Err(Error::new(Kind::Data, what, "their vocabularies differ").hint("use a smaller model of the same series"))
}

/// The smallest installed model of 1.3 billion parameters that fits, preferably one that was trained for the same work. Files
/// that cannot be opened are skipped.
fn automatic(model: &Model, places: &Places, term: &Term) -> Result<Option<Model>> {
    let is_small = |entry: &CatalogEntry| entry.series == Series::V1 && entry.parameters <= SMALL;
    let is_one = |file: &Installed| {
        file.entry.is_some_and(is_small) && file.missing == 0 && file.bytes.saturating_mul(SMALLER) <= model.file_bytes
    };
    let mut files: Vec<_> = library::all(places).into_iter().filter(is_one).collect();
    files.sort_by_key(|file| (file.entry.map(|entry| entry.flavour) != Some(model.profile.flavour), file.bytes));
    for file in &files {
        match Model::open(&file.path) {
            Ok(draft) if draft.tokenizer.is_same_as(&model.tokenizer) => return Ok(Some(draft)),
            Ok(_) => {}
            // It was not asked for by name, and the answer does not need it.
            Err(error) => term.note(&format!("--draft auto skips {}: {}", file.path.display(), error.why)),
        }
    }
    let flavour = model.profile.flavour;
    let advised = catalog::entries().iter().find(|entry| is_small(entry) && entry.flavour == flavour);
    match advised.filter(|entry| {
        model.profile.controls.series == Series::V1 && entry.about_bytes.saturating_mul(SMALLER) <= model.file_bytes
    }) {
        Some(entry) => term
            .note(&format!("--draft auto: no small model can be used; `dscoder download {}` fetches one", entry.name)),
        None => term.detail("draft model = none: no smaller one has the same vocabulary"),
    }
    Ok(None)
}
