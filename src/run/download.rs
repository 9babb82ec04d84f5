//! Downloading a model: where it is, whether it is here already, fetching and checking it.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use reqwest::Url;

use crate::cancel::Cancel;
use crate::error::{Error, Kind, Result, reason};
use crate::fetch::http::{Address, Fault, HttpClient, Options, shown};
use crate::fetch::hub::{self, HubFile, Told};
use crate::fetch::ollama::{self, Name};
use crate::fetch::transfer::{DownloadPaths, WantedFile};
use crate::fetch::{self, is_loopback, raw_parts};
use crate::model::catalog::{self, CatalogEntry};
use crate::model::digest::{Digest, Remembered};
use crate::model::family::{Flavour, Infill};
use crate::model::library::{self, Installed, ModelOrigin, Receipt};
use crate::model::{Model, gguf, manifest, shards, store};
use crate::places::Places;
use crate::settings::network::Network;
use crate::term::Term;
use crate::watch::Watch;

/// The requested model.
enum Ask {
    Catalog(&'static CatalogEntry, String),
    Hub(HubFile),
    Ollama(Name),
    Address(Url),
    File(PathBuf, String),
}

/// A file to download.
struct RemoteFile {
    receipt: Receipt,
    place: Place,
}

/// What is looked at in a file before it is installed, beside its digest.
#[derive(Clone, Copy)]
enum Check {
    /// Whether it is a model that can be used.
    Model,
    /// Its header, as it is one of several files of a model.
    Header,
    /// Nothing, as it is a piece of a file.
    Digest,
}

/// Where a file is.
enum Place {
    Hub(HubFile),
    Ollama(Name),
    Address(Url),
    File(PathBuf),
}

/// Parts to download in parallel by default.
pub const CONNECTIONS: u8 = 4;

/// What to download.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// A name of the catalog, `hf:…`, `ollama:…` or a URL.
    pub model: &'a str,
    /// The expected digest of the file.
    pub sha256: Option<Digest>,
    /// Parts to download in parallel.
    pub connections: u8,
    /// Whether no connection may be opened.
    pub offline: bool,
}

/// Downloads a model, and checks it. Returns a command to try it with, unless it was
/// there before.
///
/// # Errors
/// Errors from the network, from received data, and from writing.
pub fn download(order: &Order<'_>, term: &Term, cancel: &Cancel) -> Result<Option<String>> {
    let places = Places::of_user();
    let ask = parse(order)?;
    let installed = library::all(&places);
    if let Some(model) = here(&ask, &installed) {
        already(model, term);
        return Ok(None);
    }
    let network = Network::of_user()?;
    if (order.offline || network.offline) && !matches!(ask, Ask::File(..)) {
        return Err(Error::new(Kind::NoInput, format!("{} is not on this machine", order.model), "the network is off")
            .hint("run it again without --offline, HF_HUB_OFFLINE and DSCODER_OFFLINE"));
    }
    let client = HttpClient::new(Options { connections: usize::from(order.connections), ..Options::default() })?;
    let fetcher = Fetcher { client, network, cancel, term };
    let remotes = fetcher.resolve(&ask, order.model, order.sha256)?;
    if let [remote] = remotes.as_slice()
        && let Some(model) = same(remote, &installed, &places, term, cancel)?
    {
        already(model, term);
        return Ok(None);
    }
    if let Ask::Catalog(..) = ask {
        let licence = catalog::licence();
        term.note(&format!("the weights are under the {} ({}): {}", licence.name, licence.summary, licence.url));
    }
    let first = match remotes.first().and_then(|remote| raw_parts::split(&remote.receipt.name)) {
        Some((whole, ..)) => {
            let path = places.models.join(whole);
            fetcher.install_joined(&remotes, &path)?;
            path
        }
        None => {
            let check = if remotes.len() > 1 { Check::Header } else { Check::Model };
            for remote in &remotes {
                fetcher.install(remote, &places.models, check)?;
            }
            let Some(first) = remotes.first() else { return Ok(None) };
            places.models.join(&first.receipt.name)
        }
    };
    // Several files can only be checked together.
    let model = Model::open(&first)?;
    let name = first.file_name().unwrap_or_default().to_string_lossy();
    term.note(&format!("{} is installed: {}", shards::whole_name(&name), first.display()));
    let name = library::all(&places)
        .into_iter()
        .find(|model| model.path == first)
        .map_or_else(|| first.display().to_string(), |model| model.full_name());
    Ok(Some(match model.profile.flavour {
        Flavour::Base if model.profile.infill != Infill::Trained => format!("dscoder complete -m {name} FILE"),
        Flavour::Base => format!("dscoder infill -m {name} FILE --at LINE:COLUMN"),
        Flavour::Instruct => format!("dscoder chat -m {name}"),
    }))
}

/// A file whose content is known before it is downloaded.
#[derive(Debug, Clone)]
pub struct Pinned<'a> {
    /// Its name on this machine.
    pub name: &'a str,
    /// Its address.
    pub url: Url,
    /// Its digest.
    pub sha256: Digest,
    /// Its size.
    pub bytes: u64,
}

/// Downloads such a file into `directory`, unless it is there. Returns whether it is new.
///
/// # Errors
/// Errors from the network, from received data, and from writing; [`Kind::NoInput`] if the network is off.
pub fn pinned(file: &Pinned<'_>, directory: &Path, offline: bool, term: &Term, cancel: &Cancel) -> Result<bool> {
    let target = directory.join(file.name);
    if target.is_file() && Digest::of_file(&target, cancel, &mut |_| ())? == file.sha256 {
        return Ok(false);
    }
    if offline || Network::of_user()?.offline {
        return Err(Error::new(Kind::NoInput, format!("{} is not on this machine", file.name), "the network is off")
            .hint(format!("put it there by hand: {} from {}", target.display(), shown(&file.url))));
    }
    let client = HttpClient::new(Options { connections: 1, ..Options::default() })?;
    let receipt = Receipt {
        name: file.name.to_owned(),
        source: shown(&file.url),
        revision: None,
        sha256: file.sha256,
        bytes: file.bytes,
    };
    let wanted = WantedFile {
        name: file.name,
        directory,
        sha256: file.sha256,
        size: file.bytes,
        address: Address { url: file.url.clone(), token: None },
        // What the server has now does not matter: only this content is right.
        ask: &|| Ok(file.bytes),
    };
    fetch::install(&client, &wanted, &receipt, &|_| Ok(()), cancel, &term.progress(file.name))
}

fn already(model: &Installed, term: &Term) {
    let origin = match model.origin {
        ModelOrigin::Own => String::new(),
        other => format!(" ({})", other.words()),
    };
    term.note(&format!("{} is already on this machine{origin}: {}", model.full_name(), model.path.display()));
}

fn parse(order: &Order<'_>) -> Result<Ask> {
    let wanted = order.model;
    let wrong =
        |why: &str, hint: &str| Err(Error::new(Kind::Usage, format!("cannot download {wanted}"), why).hint(hint));
    if let Some(rest) = wanted.strip_prefix("hf:") {
        let hint = "use hf:OWNER/REPOSITORY/FILE.gguf, optionally with @REVISION at the end";
        let (rest, revision) = rest.rsplit_once('@').unwrap_or((rest, "main"));
        let parts: Vec<&str> = rest.splitn(3, '/').collect();
        let path = parts.get(2).copied().unwrap_or_default();
        let sound = parts.len() >= 2 && parts[..2].iter().all(|part| hub::is_safe_name(part));
        let revision_is_sound = !revision.is_empty() && revision.split('/').all(hub::is_safe_name);
        if !sound || !revision_is_sound || (parts.len() == 3 && !hub::is_safe_path(path)) {
            return wrong("it is not the name of a file on the hub", hint);
        }
        if parts.len() == 3 && !path.to_lowercase().ends_with(".gguf") && raw_parts::split(path).is_none() {
            return wrong("it is not a GGUF file", hint);
        }
        let repository = format!("{}/{}", parts[0], parts[1]);
        return Ok(Ask::Hub(HubFile { repository, revision: revision.to_owned(), path: path.to_owned() }));
    }
    if let Some(rest) = wanted.strip_prefix("ollama:") {
        let name = Name::parse(rest).filter(|name| name.manifest().is_some());
        return match name {
            Some(name) => Ok(Ask::Ollama(name)),
            None => wrong(
                "it is not the name of an Ollama model",
                "use ollama:NAME:TAG, such as ollama:deepseek-coder:6.7b-base",
            ),
        };
    }
    if wanted.contains("://") || wanted.starts_with("file:") {
        let Ok(url) = Url::parse(wanted) else { return wrong("it is not a URL", "use https://HOST/FILE.gguf") };
        if order.sha256.is_none() {
            return wrong("without its SHA-256, the download cannot be verified", "give it with --sha256");
        }
        let name = hub::file_name(&url).filter(|name| name.to_lowercase().ends_with(".gguf"));
        let Some(name) = name else {
            return wrong("its path does not end with the name of a .gguf file", "use https://HOST/FILE.gguf");
        };
        return match url.scheme() {
            "file" => match url.to_file_path() {
                Ok(path) => Ok(Ask::File(path, name)),
                Err(()) => wrong("it is not a path on this machine", "use file:///PATH/FILE.gguf"),
            },
            "https" => Ok(Ask::Address(url)),
            "http" if is_loopback(&url) => Ok(Ask::Address(url)),
            _ => wrong("only https is allowed", "use https://HOST/FILE.gguf"),
        };
    }
    let Some((entry, quantization)) = catalog::find(wanted) else { return Err(store::unknown(wanted)) };
    let wanted_quantization = quantization.unwrap_or(&entry.default);
    match entry.quantizations.iter().find(|offered| offered.eq_ignore_ascii_case(wanted_quantization)) {
        Some(offered) => Ok(Ask::Catalog(entry, offered.clone())),
        None => Err(Error::new(Kind::NoInput, format!("{} is not offered as {wanted_quantization}", entry.name), "")
            .hint(format!("it is offered as {}", entry.quantizations.join(", ")))),
    }
}

/// The requested model, if it is on this machine and that can be told without the network.
fn here<'a>(ask: &Ask, installed: &'a [Installed]) -> Option<&'a Installed> {
    let whole = |model: &&Installed| model.missing == 0 && is_sound(model);
    let source = match ask {
        Ask::Catalog(entry, quantization) => {
            let is_it = |model: &&Installed| {
                model.entry == Some(*entry) && model.quantization.eq_ignore_ascii_case(quantization)
            };
            return installed.iter().filter(whole).find(is_it);
        }
        // Pieces are joined when they are installed.
        Ask::Hub(file) => match raw_parts::split(&file.path) {
            Some((whole, ..)) => source_of(&HubFile { path: whole.to_owned(), ..file.clone() }),
            None => source_of(file),
        },
        _ => return None,
    };
    let from_there = |model: &&Installed| Receipt::load(&model.path).is_some_and(|receipt| receipt.source == source);
    installed.iter().filter(whole).find(from_there)
}

/// Whether the files of a model have the sizes in their receipts.
fn is_sound(model: &Installed) -> bool {
    model.files.iter().all(|file| Receipt::load(file).is_none_or(|receipt| receipt.fits(file)))
}

/// A byte-identical file on this machine. A file of the same size with an unknown digest is hashed once.
fn same<'a>(
    remote: &RemoteFile,
    installed: &'a [Installed],
    places: &Places,
    term: &Term,
    cancel: &Cancel,
) -> Result<Option<&'a Installed>> {
    let mut remembered = Remembered::load(&places.cache);
    for model in installed {
        let [file] = model.files.as_slice() else { continue };
        if model.missing > 0 || model.bytes != remote.receipt.bytes || !is_sound(model) {
            continue;
        }
        let digest = match model.sha256.or_else(|| remembered.get(file)) {
            Some(digest) => digest,
            None => {
                term.note(&format!("{} has the same size; computing its SHA-256", file.display()));
                let digest = Digest::of_file(file, cancel, &mut |_| ())?;
                remembered.put(file, digest);
                digest
            }
        };
        if digest == remote.receipt.sha256 {
            return Ok(Some(model));
        }
    }
    Ok(None)
}

/// What identifies a file of the hub in a receipt.
fn source_of(file: &HubFile) -> String {
    let revision = if file.revision == "main" { String::new() } else { format!("@{}", file.revision) };
    format!("hf:{}/{}{revision}", file.repository, file.path)
}

struct Fetcher<'a> {
    client: HttpClient,
    network: Network,
    cancel: &'a Cancel,
    term: &'a Term,
}

impl Fetcher<'_> {
    /// The files to download.
    fn resolve(&self, ask: &Ask, wanted: &str, sha256: Option<Digest>) -> Result<Vec<RemoteFile>> {
        match ask {
            Ask::Catalog(entry, quantization) => {
                let pinned = entry.pinned.iter().find(|pinned| pinned.quantization == *quantization);
                let revision = pinned.and_then(|pinned| pinned.revision.clone()).unwrap_or_else(|| "main".to_owned());
                let path = entry.file.replace("{quantization}", quantization);
                let file = HubFile { repository: entry.repository.clone(), revision, path };
                let expected = sha256.or_else(|| pinned.map(|pinned| pinned.sha256));
                self.whole_or_pieces(&file, expected, pinned.and_then(|pinned| pinned.bytes))
            }
            Ask::Hub(file) if file.path.is_empty() => {
                let file = HubFile { path: self.only_file(file)?, ..file.clone() };
                self.hub_files(&file, sha256)
            }
            Ask::Hub(file) => self.hub_files(file, sha256),
            Ask::Ollama(name) => self.ollama(name, wanted, sha256).map(|remote| vec![remote]),
            Ask::Address(url) => {
                let sha256 = sha256.ok_or_else(|| Error::new(Kind::Usage, "--sha256 is missing", ""))?;
                let address = Address { url: url.clone(), token: None };
                let size = self.patiently(&|| size_of(&self.client, &address)).map_err(Fault::into_error)?;
                let name = hub::file_name(url).unwrap_or_default();
                let receipt = Receipt { name, source: shown(url), revision: None, sha256, bytes: size };
                Ok(vec![RemoteFile { receipt, place: Place::Address(url.clone()) }])
            }
            Ask::File(path, name) => {
                let sha256 = sha256.ok_or_else(|| Error::new(Kind::Usage, "--sha256 is missing", ""))?;
                let about = fs::metadata(path).map_err(|error| Error::reading(path, &error))?;
                if !about.is_file() {
                    return Err(Error::reading(path, &io::ErrorKind::IsADirectory.into()));
                }
                let (name, source) = (name.clone(), wanted.to_owned());
                let receipt = Receipt { name, source, revision: None, sha256, bytes: about.len() };
                Ok(vec![RemoteFile { receipt, place: Place::File(path.clone()) }])
            }
        }
    }

    /// A file of the hub; all parts, if it is one of several.
    fn hub_files(&self, file: &HubFile, sha256: Option<Digest>) -> Result<Vec<RemoteFile>> {
        let (directory, name) = match file.path.rsplit_once('/') {
            Some((directory, name)) => (format!("{directory}/"), name),
            None => (String::new(), file.path.as_str()),
        };
        let names = match raw_parts::split(name) {
            Some((whole, _, count)) => raw_parts::names(whole, count),
            None => shards::names(name),
        };
        if names.len() == 1 {
            return self.whole_or_pieces(file, sha256, None);
        }
        if sha256.is_some() {
            return Err(Error::new(
                Kind::Usage,
                "--sha256 applies to one file",
                format!("and {name} is one of several"),
            ));
        }
        names
            .into_iter()
            .map(|name| self.hub(&HubFile { path: format!("{directory}{name}"), ..file.clone() }, sha256, None))
            .collect()
    }

    /// A file of the hub, or all raw pieces if it is there only in pieces.
    fn whole_or_pieces(&self, file: &HubFile, sha256: Option<Digest>, size: Option<u64>) -> Result<Vec<RemoteFile>> {
        let missing = match self.hub(file, sha256, size) {
            Err(error) if error.kind == Kind::NoInput => error,
            found => return found.map(|remote| vec![remote]),
        };
        let is_first =
            |path: &&String| raw_parts::split(path).is_some_and(|(whole, number, _)| whole == file.path && number == 1);
        let paths = self.listing(file).unwrap_or_default();
        let Some(first) = paths.iter().find(is_first) else { return Err(missing) };
        self.hub_files(&HubFile { path: first.clone(), ..file.clone() }, sha256)
    }

    /// Compares what the hub says about a file with what is expected.
    fn hub(&self, file: &HubFile, sha256: Option<Digest>, size: Option<u64>) -> Result<RemoteFile> {
        let told = self.patiently(&|| self.told(file)).map_err(|fault| self.refused(file, fault))?;
        let what = format!("cannot use {}", source_of(file));
        let Some(found) = told.sha256.or(sha256) else {
            return Err(Error::new(Kind::Data, what, "the server does not give its SHA-256")
                .hint("give it with --sha256, from a source you trust"));
        };
        if let Some(expected) = sha256.filter(|expected| *expected != found) {
            return Err(Error::new(
                Kind::Data,
                what,
                format!("the server gives the SHA-256 {found}, expected {expected}"),
            ));
        }
        let bytes = told.size.unwrap_or_default();
        if size.is_some_and(|size| size != bytes) {
            return Err(Error::new(
                Kind::Data,
                what,
                format!("the server gives a size of {bytes} bytes, expected {}", size.unwrap_or_default()),
            ));
        }
        let name = file.path.rsplit('/').next().unwrap_or_default().to_owned();
        let receipt = Receipt { name, source: source_of(file), revision: told.commit.clone(), sha256: found, bytes };
        // A commit never changes, even if the branch does.
        let revision = told.commit.unwrap_or_else(|| file.revision.clone());
        Ok(RemoteFile { receipt, place: Place::Hub(HubFile { revision, ..file.clone() }) })
    }

    fn hub_address(&self, url: Url) -> Address {
        Address { url, token: self.network.token.clone() }
    }

    fn told(&self, file: &HubFile) -> std::result::Result<Told, Fault> {
        let address = self.hub_address(file.url(&self.network.endpoint));
        let answer = hub::about(&self.client, &address, hub::says_enough)?;
        let told = Told::of(answer.response.headers());
        // A captive portal's page, or an answer that lost its headers: a retry may succeed.
        let lost = |why: &str| Fault::Passing {
            error: Error::new(Kind::Data, format!("cannot use {}", source_of(file)), why),
            after: None,
            busy: false,
        };
        if answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) && told.sha256.is_none() {
            return Err(lost("the server sent a web page instead"));
        }
        if told.size.is_none() {
            return Err(lost("the server does not say how large it is"));
        }
        Ok(told)
    }

    /// The only model in a repository.
    fn only_file(&self, file: &HubFile) -> Result<String> {
        let mut paths = self.listing(file).map_err(|error| match error {
            Listing::Fault(fault) => self.refused(file, fault),
            Listing::Error(error) => error,
        })?;
        paths.retain(|path| {
            let name = path.rsplit('/').next().unwrap_or_default();
            let is_first = |number: Option<u32>| number.is_none_or(|number| number == 1);
            is_first(shards::split(name).map(|(_, number, _)| number))
                && is_first(raw_parts::split(name).map(|(_, number, _)| number))
        });
        match paths.as_slice() {
            [path] => Ok(path.clone()),
            _ => Err(Error::new(
                Kind::NoInput,
                format!("{} has {} models", file.repository, paths.len()),
                "say which one",
            )
            .hint(names_in(&file.repository, &paths))),
        }
    }

    /// The models of a repository, from all pages of its listing.
    fn listing(&self, file: &HubFile) -> std::result::Result<Vec<String>, Listing> {
        let first = file.listing(&self.network.endpoint);
        let (mut url, mut paths) = (first.clone(), Vec::new());
        for _ in 0..hub::MAX_PAGES {
            let address = self.hub_address(url.clone());
            let get = || self.client.page(&address, "application/json", hub::MAX_LISTING);
            let (page, next) = self.patiently(&get).map_err(Listing::Fault)?;
            paths.append(&mut hub::gguf_files(&page, &file.repository).map_err(Listing::Error)?);
            let Some(next) = next else { return Ok(paths) };
            // A mirror may name the hub itself; the place in the listing is in the query.
            url = if next.origin() == first.origin() { next } else { with_query(&first, &next) };
        }
        let what = format!("cannot use the listing of {}", file.repository);
        Err(Listing::Error(Error::new(Kind::Data, what, format!("it has more than {} pages", hub::MAX_PAGES))))
    }

    /// The error for a refusal by the hub.
    fn refused(&self, file: &HubFile, fault: Fault) -> Error {
        let Fault::Refused { status, code, error } = fault else { return fault.into_error() };
        let page = shown(&file.page(&self.network.endpoint));
        let repository = &file.repository;
        let missing = |what: String| Error::new(Kind::NoInput, what, "");
        let has_token = self.network.token.is_some();
        match (code.as_deref(), status) {
            (Some("GatedRepo"), _) => {
                let hint = if has_token {
                    format!("accept its terms at {page} with the account of your token")
                } else {
                    format!("accept its terms at {page} and set HF_TOKEN to a token of your account")
                };
                Error::new(Kind::NoPermission, format!("{repository} is gated"), "its owners grant access on request")
                    .hint(hint)
            }
            (Some("RepoNotFound"), _) => missing(format!("there is no repository {repository} on the hub"))
                .hint(format!("look at {page}; a private one needs HF_TOKEN")),
            (Some("RevisionNotFound"), _) => {
                missing(format!("{repository} has no revision {}", file.revision)).hint(format!("look at {page}"))
            }
            (Some("EntryNotFound") | None, 404 | 410) => {
                let error = missing(format!("{repository} has no file {}", file.path));
                match self.listing(file) {
                    Ok(paths) => error.hint(names_in(repository, &paths)),
                    Err(Listing::Error(error)) => error,
                    Err(Listing::Fault(_)) => error.hint(format!("look at {page}")),
                }
            }
            (_, 401 | 403) => {
                let why = if has_token { "your token has no access" } else { "it needs a token, or does not exist" };
                Error::new(Kind::NoPermission, format!("the hub refuses access to {repository}"), why)
                    .hint(format!("look at {page}, and set HF_TOKEN to a token of an account that may read it"))
            }
            _ => error,
        }
    }

    fn ollama(&self, name: &Name, wanted: &str, expected: Option<Digest>) -> Result<RemoteFile> {
        let told = self.patiently(&|| self.ollama_blob(name)).map_err(|fault| match fault {
            Fault::Refused { status: 404, .. } => {
                Error::new(Kind::NoInput, format!("Ollama's library has no {}:{}", name.model, name.tag), "")
                    .hint("look at https://ollama.com/library/deepseek-coder/tags")
            }
            other => other.into_error(),
        });
        let (sha256, size) = told?;
        if let Some(expected) = expected.filter(|expected| *expected != sha256) {
            let why = format!("the server gives the SHA-256 {sha256}, expected {expected}");
            return Err(Error::new(Kind::Data, format!("cannot use {wanted}"), why));
        }
        let known = catalog::ollama(&name.model, &name.tag);
        let stem = match known {
            Some((entry, Some(quantization))) => format!("{}.{quantization}", entry.stem),
            Some((entry, None)) => entry.stem.clone(),
            None => format!("{}-{}", name.model, name.tag),
        };
        let receipt =
            Receipt { name: format!("{stem}.gguf"), source: wanted.to_owned(), revision: None, sha256, bytes: size };
        Ok(RemoteFile { receipt, place: Place::Ollama(name.clone()) })
    }

    fn ollama_blob(&self, name: &Name) -> std::result::Result<(Digest, u64), Fault> {
        let error = |why: &str| {
            Fault::Final(Error::new(Kind::Data, format!("cannot use the manifest of {}:{}", name.model, name.tag), why))
        };
        let url = name.manifest().ok_or_else(|| error("it has no address"))?;
        let manifest = self.client.get(&Address { url, token: None }, ollama::MANIFEST, manifest::MAX_MANIFEST)?;
        manifest::model_blob(&manifest).map_err(error)
    }

    /// Retries temporary faults for a few seconds only: nothing has been downloaded yet that would justify more. If it takes
    /// longer, a note says what it waits for.
    fn patiently<T: Send>(
        &self,
        ask: &(dyn Fn() -> std::result::Result<T, Fault> + Sync),
    ) -> std::result::Result<T, Fault> {
        let reason = Mutex::new("the server does not answer yet".to_owned());
        let (done, over) = mpsc::channel::<()>();
        thread::scope(|scope| {
            scope.spawn(|| {
                let over = over;
                if over.recv_timeout(self.client.options.tell) == Err(mpsc::RecvTimeoutError::Timeout) {
                    self.term.note(&reason.lock().unwrap_or_else(PoisonError::into_inner));
                }
            });
            let answer = self.retry(ask, &reason);
            drop(done);
            answer
        })
    }

    fn retry<T>(
        &self,
        ask: &dyn Fn() -> std::result::Result<T, Fault>,
        reason: &Mutex<String>,
    ) -> std::result::Result<T, Fault> {
        for wait in [500, 1000, 2000] {
            match ask() {
                Err(fault @ Fault::Passing { after, .. }) => {
                    let words = format!("{}; trying again", fault.words());
                    *reason.lock().unwrap_or_else(PoisonError::into_inner) = words;
                    let end = std::time::Instant::now() + after.unwrap_or(Duration::from_millis(wait));
                    while std::time::Instant::now() < end {
                        if let Some(cause) = self.cancel.cause() {
                            return Err(Fault::Final(Error::stopped(cause)));
                        }
                        thread::sleep(Duration::from_millis(20));
                    }
                }
                other => return other,
            }
        }
        ask()
    }

    /// Fetches the raw pieces of the model `path`, and joins them.
    fn install_joined(&self, remotes: &[RemoteFile], path: &Path) -> Result<()> {
        let directory = path.parent().unwrap_or(Path::new(""));
        let piece = |remote: &RemoteFile| {
            let Receipt { name, sha256, bytes, .. } = &remote.receipt;
            (directory.join(name), *bytes, *sha256)
        };
        let pieces: Vec<raw_parts::Piece> = remotes.iter().map(piece).collect();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.exists() {
            let what = format!("cannot create {}", path.display());
            return Err(Error::new(Kind::CantCreate, what, "it exists").hint("rename or remove it"));
        }
        for remote in &remotes[raw_parts::taken(&pieces, path)..] {
            self.install(remote, directory, Check::Digest)?;
        }
        let progress = self.term.progress(&name);
        let joined = raw_parts::join(&pieces, path, self.cancel, &progress)?;
        if let Err(error) = Model::open(&joined) {
            let _ = fs::remove_file(&joined);
            return Err(Error { what: format!("cannot use {name}"), ..error });
        }
        let sha256 = Digest::of_file(&joined, self.cancel, &mut |_| ())?;
        let bytes = pieces.iter().map(|(_, bytes, _)| bytes).sum();
        let Receipt { source, revision, .. } = &remotes[0].receipt;
        let source = source.replacen(&format!(".part1of{}", remotes.len()), "", 1);
        let receipt = Receipt { name, source, revision: revision.clone(), sha256, bytes };
        let refuse = |error: io::Error| {
            Error::new(Kind::CantCreate, format!("cannot create {}", path.display()), reason(&error))
        };
        receipt.save(path).map_err(refuse)?;
        fs::rename(&joined, path).map_err(refuse)
    }

    fn install(&self, remote: &RemoteFile, directory: &Path, check: Check) -> Result<()> {
        let receipt = &remote.receipt;
        let progress = self.term.progress(&receipt.name);
        let check = |path: &Path| {
            let checked = match check {
                Check::Model => Model::open(path).map(drop),
                Check::Header => gguf::read(path).map(drop),
                Check::Digest => Ok(()),
            };
            checked.map_err(|error| Error { what: format!("cannot use {}", receipt.name), ..error })
        };
        let changed = || {
            let why = "its SHA-256 is different now";
            Fault::Final(
                Error::new(Kind::Data, format!("{} changed on the server during the download", receipt.name), why)
                    .hint("run the same command again to download the new file"),
            )
        };
        let (address, ask): (Address, Box<dyn Fn() -> std::result::Result<u64, Fault> + Sync>) = match &remote.place {
            Place::Hub(file) => {
                let ask = move || {
                    let told = self.told(file).map_err(|fault| match fault {
                        refusal @ Fault::Refused { .. } => Fault::Final(self.refused(file, refusal)),
                        other => other,
                    })?;
                    if told.sha256.is_some_and(|sha256| sha256 != receipt.sha256) {
                        return Err(changed());
                    }
                    Ok(told.size.unwrap_or(receipt.bytes))
                };
                (self.hub_address(file.url(&self.network.endpoint)), Box::new(ask))
            }
            Place::Ollama(name) => {
                let ask = move || match self.ollama_blob(name)? {
                    (sha256, size) if sha256 == receipt.sha256 => Ok(size),
                    _ => Err(changed()),
                };
                let url = name.blob(&receipt.sha256).ok_or_else(|| Error::new(Kind::Usage, "it has no address", ""))?;
                (Address { url, token: None }, Box::new(ask))
            }
            Place::Address(url) => {
                let address = Address { url: url.clone(), token: None };
                let again = address.clone();
                (address, Box::new(move || size_of(&self.client, &again)))
            }
            Place::File(path) => {
                let bring = || copy(path, directory, receipt, self.cancel, &progress);
                return fetch::with_lock(directory, receipt, &check, self.cancel, &progress, &bring).map(drop);
            }
        };
        let wanted = WantedFile {
            name: &receipt.name,
            directory,
            sha256: receipt.sha256,
            size: receipt.bytes,
            address,
            ask: &*ask,
        };
        fetch::install(&self.client, &wanted, receipt, &check, self.cancel, &progress).map(drop)
    }
}

/// Why there is no listing.
enum Listing {
    Fault(Fault),
    Error(Error),
}

fn names_in(repository: &str, paths: &[String]) -> String {
    if paths.is_empty() { format!("{repository} has no .gguf files") } else { format!("it has {}", paths.join(", ")) }
}

/// The size of the file at a URL.
fn size_of(client: &HttpClient, address: &Address) -> std::result::Result<u64, Fault> {
    let answer = hub::about(client, address, |_| false)?;
    Told::of(answer.response.headers()).size.ok_or_else(|| {
        let is_encoded = answer.header("content-encoding").is_some_and(|it| !it.eq_ignore_ascii_case("identity"));
        let why = if is_encoded {
            "the server sends it compressed, and does not say how large it is"
        } else {
            "the server does not say how large it is"
        };
        Fault::Passing {
            error: Error::new(Kind::Data, format!("cannot use {}", shown(&address.url)), why),
            after: None,
            busy: false,
        }
    })
}

/// `url` with the query of `other`.
fn with_query(url: &Url, other: &Url) -> Url {
    let mut url = url.clone();
    url.set_query(other.query());
    url
}

/// Copies a local file into its partial file, and compares the digest.
fn copy(path: &Path, directory: &Path, receipt: &Receipt, cancel: &Cancel, watch: &dyn Watch) -> Result<()> {
    let partial = DownloadPaths::of(directory, &receipt.sha256).partial;
    let write = |error: io::Error| Error::new(Kind::Io, format!("cannot write {}", partial.display()), reason(&error));
    let mut from = File::open(path).map_err(|error| Error::reading(path, &error))?;
    let mut to = File::create(&partial).map_err(write)?;
    let mut buffer = vec![0; 1 << 20];
    let mut done = 0;
    loop {
        if let Some(cause) = cancel.cause() {
            return Err(Error::stopped(cause));
        }
        let count = from.read(&mut buffer).map_err(|error| Error::reading(path, &error))?;
        if count == 0 {
            break;
        }
        to.write_all(&buffer[..count]).map_err(write)?;
        done += count as u64;
        watch.progress(done, receipt.bytes);
    }
    to.sync_all().map_err(write)?;
    let found = Digest::of_file(&partial, cancel, &mut |_| ())?;
    if found == receipt.sha256 {
        return Ok(());
    }
    let _ = fs::remove_file(&partial);
    let why = format!("its SHA-256 is {found}, expected {}", receipt.sha256);
    Err(Error::new(Kind::Data, format!("{} is another file", path.display()), why))
}
