//! The server that computes answers instead of this machine, and its key.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::FalseyValueParser;
use reqwest::Url;

use crate::engine::remote::ServerKind;
use crate::engine::remote::client::EndpointAddress;
use crate::environment;
use crate::error::{Error, Kind as ErrorKind, Result};
use crate::fetch::http::{Token, shown};
use crate::fetch::is_loopback;
use crate::settings::network::Network;

/// The flags for it. A repository's settings cannot set them: they decide who sees the user's code.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct EndpointFlags {
    /// Compute answers on this server: llama-server, vLLM or another with /v1/completions, Ollama
    ///
    /// Prompts are sent to the server. -m names the expected model; any other is refused unless --force is given.
    #[arg(
        long,
        value_name = "URL",
        env = "DSCODER_ENDPOINT",
        hide_env_values = true,
        hide_short_help = true,
        help_heading = "Endpoint"
    )]
    pub endpoint: Option<String>,

    /// Kind of server; detected by default
    #[arg(
        long,
        value_name = "KIND",
        value_enum,
        env = "DSCODER_ENDPOINT_KIND",
        hide_env_values = true,
        hide_short_help = true,
        help_heading = "Endpoint"
    )]
    pub endpoint_kind: Option<ServerKind>,

    /// Read the server's key from a file instead of DSCODER_API_KEY
    #[arg(
        long,
        value_name = "FILE",
        value_parser = crate::settings::parse::PathValue,
        env = "DSCODER_API_KEY_FILE",
        hide_env_values = true,
        hide_short_help = true,
        help_heading = "Endpoint"
    )]
    pub api_key_file: Option<PathBuf>,

    /// Time to wait for the server to begin an answer
    #[arg(long, value_name = "SECONDS", default_value = "300", env = "DSCODER_ENDPOINT_TIMEOUT", hide_env_values = true,
          value_parser = crate::settings::parse::seconds, allow_negative_numbers = true, hide_short_help = true, help_heading = "Endpoint")]
    pub endpoint_timeout: Duration,

    /// Send text and key to another machine unencrypted, readable by anyone on the way
    #[arg(long, hide_short_help = true, help_heading = "Endpoint")]
    pub insecure_http: bool,

    /// Open no connection to another machine
    #[arg(long, env = "DSCODER_OFFLINE", hide_env_values = true, value_parser = FalseyValueParser::new(),
          hide_short_help = true, help_heading = "Endpoint")]
    pub offline: bool,
}

/// The server that computes answers.
#[derive(Debug, Clone)]
pub struct Server {
    /// Its address and key.
    pub target: EndpointAddress,
    /// Its kind; detected by default.
    pub kind: Option<ServerKind>,
}

impl EndpointFlags {
    /// The server, if there is one, with its key from the environment or a file.
    ///
    /// # Errors
    /// As [`EndpointFlags::target`].
    pub fn server(&self) -> Result<Option<Server>> {
        Ok(self.target()?.map(|target| Server { target, kind: self.endpoint_kind }))
    }

    /// The address of the server and its key.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for an address that is invalid or unsafe, [`ErrorKind::Network`] for another machine in
    /// offline mode; errors from reading the key.
    pub fn target(&self) -> Result<Option<EndpointAddress>> {
        let Some(address) = self.endpoint.as_deref().map(str::trim).filter(|address| !address.is_empty()) else {
            return Ok(None);
        };
        // Not shown: it may contain a password.
        let refuse = |why: &str| {
            Error::new(ErrorKind::Usage, "cannot use the address given with --endpoint", why)
                .hint("give an address such as http://127.0.0.1:8080")
        };
        let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let mut url = url.ok_or_else(|| refuse("it is not an http or https address"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse(
                "it contains a user name or password, which others can see; put the key into DSCODER_API_KEY",
            ));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refuse("it has a query"));
        }
        // Where OpenAI's clients expect it.
        let path = url.path().trim_end_matches('/');
        let path = path.strip_suffix("/v1").unwrap_or(path).to_owned();
        url.set_path(&path);
        if !is_loopback(&url) {
            let offline = self.offline || Network::of_user()?.offline;
            if offline {
                let what = format!("cannot reach {}", shown(&url));
                return Err(Error::new(
                    ErrorKind::Network,
                    what,
                    "--offline, HF_HUB_OFFLINE or DSCODER_OFFLINE is set",
                ));
            }
            if url.scheme() == "http" && !self.insecure_http {
                let what = format!("{} is another machine, and the connection is not encrypted", shown(&url));
                return Err(Error::new(ErrorKind::Usage, what, "everyone in between could read the text and the key")
                    .hint("use https, or an SSH tunnel to 127.0.0.1; --insecure-http allows it anyway"));
            }
        }
        Ok(Some(EndpointAddress { url, key: self.key()?, patience: self.endpoint_timeout }))
    }

    fn key(&self) -> Result<Option<Token>> {
        let (text, place) = match &self.api_key_file {
            Some(path) => {
                let text = fs::read_to_string(path).map_err(|error| Error::reading(path, &error))?;
                (text, path.display().to_string())
            }
            None => match environment::text("DSCODER_API_KEY") {
                Some(text) => (text, "DSCODER_API_KEY".to_owned()),
                None => return Ok(None),
            },
        };
        let wrong = || Error::new(ErrorKind::Usage, format!("there is no key in {place}"), "a key is one line of text");
        Token::new(&text).map(Some).ok_or_else(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(address: &str) -> EndpointFlags {
        EndpointFlags {
            endpoint: Some(address.to_owned()),
            endpoint_kind: None,
            api_key_file: None,
            endpoint_timeout: Duration::from_secs(1),
            insecure_http: false,
            offline: false,
        }
    }

    #[test]
    fn addresses() {
        let url = |address: &str| endpoint(address).target().expect("an address").map(|target| target.url.to_string());
        assert_eq!(url(" "), None);
        assert_eq!(url("http://127.0.0.1:8080/v1/").as_deref(), Some("http://127.0.0.1:8080/"));
        assert_eq!(url("http://[::1]:8080").as_deref(), Some("http://[::1]:8080/"));
        assert_eq!(url("https://example.org/llm/v1").as_deref(), Some("https://example.org/llm"));
        for wrong in
            ["127.0.0.1:8080", "ftp://a", "http://", "http://user:word@127.0.0.1", "http://127.0.0.1/?key=word"]
        {
            let error = endpoint(wrong).target().expect_err("refused");
            assert!(error.kind == ErrorKind::Usage && !error.to_string().contains("word@"), "{error}");
        }
    }

    #[test]
    fn another_machine_is_asked_by_https() {
        let far = endpoint("http://example.org");
        assert_eq!(far.target().expect_err("refused").kind, ErrorKind::Usage);
        let allowed = EndpointFlags { insecure_http: true, ..far };
        assert!(allowed.target().is_ok_and(|target| target.is_some()));
        let offline = EndpointFlags { offline: true, ..endpoint("https://example.org") };
        assert_eq!(offline.target().expect_err("refused").kind, ErrorKind::Network);
        assert!(EndpointFlags { offline: true, ..endpoint("http://localhost:1") }.target().is_ok());
    }
}
