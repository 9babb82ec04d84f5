//! Network settings from the environment: the hub's address, its token, and offline mode. The names are the same as in
//! `huggingface_hub`.

use std::fs;

use reqwest::Url;

use crate::environment;
use crate::error::{Error, Kind, Result};
use crate::fetch::http::Token;
use crate::places::{self, PathVariable};

/// The variables and their meanings, for man pages.
pub const VARIABLES: [(&str, &str); 6] = [
    ("HF_ENDPOINT", "the address of the hub"),
    ("HF_TOKEN, HUGGING_FACE_HUB_TOKEN", "the token for the hub; no other server gets it"),
    ("HF_TOKEN_PATH", "the file that has the token"),
    ("HF_HOME, HF_HUB_CACHE, OLLAMA_MODELS", "where other programs keep models; dscoder uses them from there"),
    ("HF_HUB_OFFLINE", "open no connection"),
    ("https_proxy, http_proxy, all_proxy, no_proxy", "the proxies to use"),
];

/// The hub's address and token, and offline mode.
#[derive(Debug, Clone)]
pub struct Network {
    /// `HF_ENDPOINT`.
    pub endpoint: Url,
    /// `HF_TOKEN`, or the token that the hub's own tools keep in a file.
    pub token: Option<Token>,
    /// `HF_HUB_OFFLINE` or `DSCODER_OFFLINE`.
    pub offline: bool,
}

/// The names of the variables that set a proxy; their values can hold passwords.
#[must_use]
pub fn proxies() -> Vec<&'static str> {
    let names =
        ["http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"];
    names.into_iter().filter(|name| environment::variable(name).is_some()).collect()
}

impl Network {
    /// Reads the environment.
    ///
    /// # Errors
    /// [`Kind::Usage`] if `HF_ENDPOINT` is not an address.
    pub fn of_user() -> Result<Network> {
        let address = environment::text("HF_ENDPOINT").unwrap_or_else(|| "https://huggingface.co".to_owned());
        let endpoint =
            Url::parse(&address).ok().filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
        let mut endpoint = endpoint.ok_or_else(|| {
            // Even a wrong one is not shown: it may contain a password.
            Error::new(Kind::Usage, "HF_ENDPOINT is not an address", "it must be one such as https://huggingface.co")
        })?;
        endpoint.set_query(None);
        endpoint.set_fragment(None);
        let token_file = || -> Option<String> {
            let path = PathVariable::HfTokenPath.path();
            let path = path.or_else(|| Some(places::hugging_face_home()?.join("token")))?;
            fs::read_to_string(path).ok()
        };
        let token =
            environment::text("HF_TOKEN").or_else(|| environment::text("HUGGING_FACE_HUB_TOKEN")).or_else(token_file);
        let yes = |name: &str| {
            environment::text(name)
                .is_some_and(|value| ["1", "on", "yes", "true"].contains(&value.to_lowercase().as_str()))
        };
        Ok(Network {
            endpoint,
            token: token.as_deref().and_then(Token::new),
            offline: yes("HF_HUB_OFFLINE") || yes("DSCODER_OFFLINE"),
        })
    }
}
