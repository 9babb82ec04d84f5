//! Models: where their files are, what is in them, and which of them is meant by a name.

pub mod catalog;
pub mod demo;
pub mod family;
pub mod gguf;
pub mod store;

use std::path::{Path, PathBuf};

use crate::error::{Error, Kind, Result};
use crate::tokenizer::Tokenizer;
use family::{Flavour, Profile};

/// A model file that was checked and can be given to llama.cpp.
#[derive(Debug)]
pub struct Model {
    /// Where it is.
    pub path: PathBuf,
    /// What it is.
    pub profile: Profile,
    /// Its vocabulary.
    pub tokenizer: Tokenizer,
    /// The size of the file in bytes.
    pub file_bytes: u64,
}

impl Model {
    /// Reads the header of the file at `path`, checks it and builds the tokenizer.
    ///
    /// # Errors
    /// As [`gguf::read`], and [`Kind::Data`] where the file is not of this family.
    pub fn open(path: &Path) -> Result<Model> {
        let header = gguf::read(path)?;
        let refuse = |why: String| {
            Error::new(Kind::Data, format!("cannot use {}", path.display()), why)
                .hint("dscoder runs GGUF files of DeepSeek Coder 1.3B, 5.7B, 6.7B and 33B")
        };
        let profile = family::identify(&header).map_err(refuse)?;
        let tokenizer = Tokenizer::from_header(&header).map_err(refuse)?;
        Ok(Model { path: path.to_owned(), profile, tokenizer, file_bytes: header.file_bytes })
    }

    /// Refuses to fill a hole with an Instruct model.
    ///
    /// # Errors
    /// [`Kind::Data`] for an Instruct model.
    pub fn require_base(&self) -> Result<()> {
        match self.profile.flavour {
            Flavour::Base => Ok(()),
            Flavour::Instruct => Err(Error::new(
                Kind::Data,
                format!("{} is an Instruct model", self.path.display()),
                "its authors trained only the Base models to fill in the middle",
            )
            .hint("use a Base model, or --force to try all the same")),
        }
    }

    /// Refuses to chat with a Base model.
    ///
    /// # Errors
    /// [`Kind::Data`] for a Base model.
    pub fn require_instruct(&self) -> Result<()> {
        match self.profile.flavour {
            Flavour::Instruct => Ok(()),
            Flavour::Base => Err(Error::new(
                Kind::Data,
                format!("{} is a Base model", self.path.display()),
                "its authors trained only the Instruct models to answer questions",
            )
            .hint("use an Instruct model, such as -m 6.7b-instruct, or --force to try all the same")),
        }
    }
}
