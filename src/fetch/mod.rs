//! Downloads: [`transfer`] fetches one file over an unreliable network, [`http`] makes one request, [`lock`] serializes
//! processes; [`hub`] and [`ollama`] only know addresses; [`raw_parts`] joins pieces.

pub mod http;
pub mod hub;
pub mod lock;
pub mod ollama;
pub mod parts;
pub mod raw_parts;
pub mod transfer;
pub mod unfinished;

use std::fs::{self, File};
use std::path::Path;

use reqwest::Url;

use http::HttpClient;
use transfer::{DownloadPaths, WantedFile};

use crate::cancel::Cancel;
use crate::error::{Error, Kind, Result, reason};
use crate::model::library::Receipt;
use crate::watch::Watch;

/// Whether an address is on this machine, where TLS protects nothing.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    })
}

/// Fetches a file, checks it and installs it. Returns whether it is new.
///
/// # Errors
/// As [`transfer::fetch`] and [`lock::Lock::acquire`]; what `check` says; [`Kind::CantCreate`] if the directory or the
/// file cannot be made, or another file has its name.
pub fn install(
    client: &HttpClient,
    wanted: &WantedFile<'_>,
    receipt: &Receipt,
    check: &dyn Fn(&Path) -> Result<()>,
    cancel: &Cancel,
    watch: &dyn Watch,
) -> Result<bool> {
    with_lock(wanted.directory, receipt, check, cancel, watch, &|| {
        transfer::fetch(client, wanted, cancel, watch).map(drop)
    })
}

/// Installs the file that `bring` writes to [`DownloadPaths::partial`], unless it is installed already.
///
/// # Errors
/// As [`install`].
pub fn with_lock(
    directory: &Path,
    receipt: &Receipt,
    check: &dyn Fn(&Path) -> Result<()>,
    cancel: &Cancel,
    watch: &dyn Watch,
    bring: &dyn Fn() -> Result<()>,
) -> Result<bool> {
    fs::create_dir_all(directory).map_err(|error| {
        Error::new(Kind::CantCreate, format!("cannot create {}", directory.display()), reason(&error))
            .hint("set DSCODER_MODELS_DIR to a writable directory")
    })?;
    let target = directory.join(&receipt.name);
    let files = DownloadPaths::of(directory, &receipt.sha256);
    let _lock = lock::Lock::acquire(&files.lock, cancel, watch)?;
    if target.exists() {
        let there = Receipt::load(&target);
        if there.as_ref().is_some_and(|there| there.sha256 == receipt.sha256 && there.fits(&target)) {
            files.clear();
            return Ok(false);
        }
        if there.is_none() {
            let what = format!("cannot create {}", target.display());
            return Err(Error::new(
                Kind::CantCreate,
                what,
                "a file with that name exists that dscoder did not download",
            )
            .hint("rename or remove it"));
        }
    }
    bring()?;
    if let Err(error) = check(&files.partial) {
        files.clear();
        return Err(error);
    }
    let refuse = |error: std::io::Error| {
        Error::new(Kind::CantCreate, format!("cannot create {}", target.display()), reason(&error))
    };
    // A receipt without its file means nothing; a file without its receipt would not be dscoder's.
    receipt.save(&target).map_err(refuse)?;
    fs::rename(&files.partial, &target).map_err(refuse)?;
    if let Ok(directory) = File::open(directory) {
        // Some systems cannot sync a directory.
        let _ = directory.sync_all();
    }
    files.clear();
    Ok(true)
}
