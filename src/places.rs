//! Directories of models, caches and conversations, and those of other programs.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;

use crate::environment;
use crate::error::{Error, Kind, Result};

/// Where models and caches are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// Installed models.
    pub models: PathBuf,
    /// Files that can be recreated.
    pub cache: PathBuf,
    /// The cache of the Hugging Face hub.
    pub hub: Option<PathBuf>,
    /// Ollama's models.
    pub ollama: Option<PathBuf>,
    /// LM Studio's models.
    pub lm_studio: Vec<PathBuf>,
}

/// A variable that holds a path. Some are set in files, where no shell expands `~`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathVariable {
    /// `DSCODER_CONFIG`
    Config,
    /// `DSCODER_MODELS_DIR`
    ModelsDir,
    /// `DSCODER_CACHE_DIR`
    CacheDir,
    /// `DSCODER_SESSIONS_DIR`
    SessionsDir,
    /// `DSCODER_EVAL_DIR`
    EvalDir,
    /// `HF_HOME`
    HfHome,
    /// `HF_HUB_CACHE`
    HfHubCache,
    /// `HUGGINGFACE_HUB_CACHE`, its older name
    HuggingfaceHubCache,
    /// `HF_TOKEN_PATH`
    HfTokenPath,
    /// `OLLAMA_MODELS`
    OllamaModels,
    /// `XDG_CONFIG_HOME`
    XdgConfigHome,
    /// `XDG_DATA_HOME`
    XdgDataHome,
    /// `XDG_CACHE_HOME`
    XdgCacheHome,
    /// `XDG_RUNTIME_DIR`
    XdgRuntimeDir,
}

impl PathVariable {
    /// All of them.
    pub const ALL: [PathVariable; 14] = [
        PathVariable::Config,
        PathVariable::ModelsDir,
        PathVariable::CacheDir,
        PathVariable::SessionsDir,
        PathVariable::EvalDir,
        PathVariable::HfHome,
        PathVariable::HfHubCache,
        PathVariable::HuggingfaceHubCache,
        PathVariable::HfTokenPath,
        PathVariable::OllamaModels,
        PathVariable::XdgConfigHome,
        PathVariable::XdgDataHome,
        PathVariable::XdgCacheHome,
        PathVariable::XdgRuntimeDir,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            PathVariable::Config => "DSCODER_CONFIG",
            PathVariable::ModelsDir => "DSCODER_MODELS_DIR",
            PathVariable::CacheDir => "DSCODER_CACHE_DIR",
            PathVariable::SessionsDir => "DSCODER_SESSIONS_DIR",
            PathVariable::EvalDir => "DSCODER_EVAL_DIR",
            PathVariable::HfHome => "HF_HOME",
            PathVariable::HfHubCache => "HF_HUB_CACHE",
            PathVariable::HuggingfaceHubCache => "HUGGINGFACE_HUB_CACHE",
            PathVariable::HfTokenPath => "HF_TOKEN_PATH",
            PathVariable::OllamaModels => "OLLAMA_MODELS",
            PathVariable::XdgConfigHome => "XDG_CONFIG_HOME",
            PathVariable::XdgDataHome => "XDG_DATA_HOME",
            PathVariable::XdgCacheHome => "XDG_CACHE_HOME",
            PathVariable::XdgRuntimeDir => "XDG_RUNTIME_DIR",
        }
    }

    /// Whether `$NAME` in it is another variable, as for `huggingface_hub`.
    fn has_variables(self) -> bool {
        use PathVariable::{HfHome, HfHubCache, HfTokenPath, HuggingfaceHubCache};
        matches!(self, HfHome | HfHubCache | HuggingfaceHubCache | HfTokenPath)
    }

    /// Its path; `None` if it is unset, empty, or refused by [`check`].
    #[must_use]
    pub fn path(self) -> Option<PathBuf> {
        self.read().ok().flatten()
    }

    fn read(self) -> Result<Option<PathBuf>> {
        let Some(value) = environment::variable(self.name()) else { return Ok(None) };
        let path =
            expanded(&value).map_err(|why| Error::new(Kind::Usage, format!("cannot use {}", self.name()), why))?;
        let with_variables = path.to_str().filter(|_| self.has_variables()).map(environment::with_variables);
        Ok(Some(with_variables.map_or(path, PathBuf::from)))
    }
}

/// Checks the variables that hold paths, once for all that read them.
///
/// # Errors
/// [`Kind::Usage`] for a path that [`expanded`] refuses.
pub fn check() -> Result<()> {
    PathVariable::ALL.into_iter().try_for_each(|variable| variable.read().map(drop))
}

/// A path of a settings file or a variable: `~` alone or before a slash is the home directory.
///
/// # Errors
/// Why the path cannot be used, in words: `~name` is the home directory of another user, which is not looked up.
pub fn expanded(path: impl AsRef<OsStr>) -> std::result::Result<PathBuf, String> {
    let path = Path::new(path.as_ref());
    // Components would lose a slash at the end, and `./` before a `~` that is meant literally.
    let bytes = path.as_os_str().as_encoded_bytes();
    let Some(rest) = bytes.strip_prefix(b"~") else { return Ok(path.to_owned()) };
    if !rest.first().is_none_or(|&byte| std::path::is_separator(char::from(byte))) {
        let shown = path.display();
        return Err(format!(
            "{shown} is in the home directory of another user, which is not looked up; write the whole path, or ./{shown} if \
             ~ is part of a name"
        ));
    }
    let home = home().ok_or("there is no home directory for ~")?;
    let inner: PathBuf = path.components().skip(1).collect();
    Ok(if inner.as_os_str().is_empty() { home } else { home.join(inner) })
}

/// [`expanded`] for the value of `-m`, which may be a file of canned answers.
///
/// # Errors
/// As [`expanded`].
pub fn expanded_model(model: &str) -> std::result::Result<String, String> {
    const SCRIPT: &str = "script:";
    let (kind, path) = model.strip_prefix(SCRIPT).map_or(("", model), |path| (SCRIPT, path));
    let path = expanded(path)?.into_os_string();
    path.into_string().map(|path| format!("{kind}{path}")).map_err(|_| "the home directory is not UTF-8".to_owned())
}

/// The user's home directory.
#[must_use]
pub fn home() -> Option<PathBuf> {
    // Where other programs look on Windows; the system's answer may differ from it.
    let chosen = if cfg!(windows) { environment::variable("USERPROFILE") } else { None };
    chosen.map(PathBuf::from).or_else(|| directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned()))
}

/// dscoder's directory of one kind on the user's platform. Where there are XDG variables, `variable` overrides it; a relative
/// path in it is ignored, as its specification says.
fn own(variable: PathVariable, of: fn(&ProjectDirs) -> &Path) -> Option<PathBuf> {
    let has_xdg = cfg!(unix) && !cfg!(target_vendor = "apple");
    let chosen = variable.path().filter(|path| has_xdg && path.is_absolute());
    chosen
        .map(|path| path.join("dscoder"))
        .or_else(|| ProjectDirs::from("", "", "dscoder").map(|dirs| of(&dirs).to_owned()))
}

/// The user's settings file, which may not exist, and whether `DSCODER_CONFIG` names it; `None` without a home directory.
#[must_use]
pub fn settings_file() -> Option<(PathBuf, bool)> {
    let usual = || own(PathVariable::XdgConfigHome, ProjectDirs::config_dir).map(|path| path.join("config.toml"));
    PathVariable::Config.path().map(|path| (path, true)).or_else(|| Some((usual()?, false)))
}

/// The home directory of the Hugging Face tools.
#[must_use]
pub fn hugging_face_home() -> Option<PathBuf> {
    let cache = || PathVariable::XdgCacheHome.path().or_else(|| Some(home()?.join(".cache")));
    PathVariable::HfHome.path().or_else(|| Some(cache()?.join("huggingface")))
}

/// LM Studio's folders: the one that its pointer names, and those of older versions.
fn lm_studio() -> Vec<PathBuf> {
    let Some(home) = home() else { return Vec::new() };
    let pointer = fs::read_to_string(home.join(".lmstudio-home-pointer")).ok();
    let pointed = pointer.map(|path| PathBuf::from(path.trim())).filter(|path| path.is_absolute());
    let mut folders: Vec<_> =
        pointed.into_iter().chain([home.join(".lmstudio"), home.join(".cache/lm-studio")]).collect();
    folders.dedup();
    folders.into_iter().map(|folder| folder.join("models")).collect()
}

impl Places {
    /// The directories of the user's platform, unless `DSCODER_MODELS_DIR` or `DSCODER_CACHE_DIR` override them.
    #[must_use]
    pub fn of_user() -> Places {
        // Without a home directory nothing is installed, and the cache falls back to the temporary directory.
        let nowhere = || environment::temporary_directory().join("dscoder");
        Places {
            models: PathVariable::ModelsDir
                .path()
                .or_else(|| own(PathVariable::XdgDataHome, ProjectDirs::data_dir).map(|path| path.join("models")))
                .unwrap_or_else(nowhere),
            cache: PathVariable::CacheDir
                .path()
                .or_else(|| own(PathVariable::XdgCacheHome, ProjectDirs::cache_dir))
                .unwrap_or_else(nowhere),
            hub: PathVariable::HfHubCache
                .path()
                .or_else(|| PathVariable::HuggingfaceHubCache.path())
                .or_else(|| Some(hugging_face_home()?.join("hub"))),
            ollama: PathVariable::OllamaModels.path().or_else(|| Some(home()?.join(".ollama/models"))),
            lm_studio: lm_studio(),
        }
    }
}

/// The socket of the resident engine: in the user's runtime directory, else in the cache directory.
#[must_use]
pub fn socket() -> PathBuf {
    let runtime = PathVariable::XdgRuntimeDir.path().filter(|directory| directory.is_absolute());
    runtime
        .map_or_else(|| Places::of_user().cache.join("run"), |directory| directory.join("dscoder"))
        .join("serve.sock")
}

/// Where conversations are kept: `DSCODER_SESSIONS_DIR`, or a directory of the user's platform.
#[must_use]
pub fn sessions() -> PathBuf {
    let usual = || own(PathVariable::XdgDataHome, ProjectDirs::data_dir).map(|path| path.join("sessions"));
    PathVariable::SessionsDir
        .path()
        .or_else(usual)
        .unwrap_or_else(|| environment::temporary_directory().join("dscoder-sessions"))
}

/// Where the problems of `dscoder eval` are kept: `DSCODER_EVAL_DIR`, or a directory of the user's platform.
#[must_use]
pub fn eval() -> PathBuf {
    let usual = || own(PathVariable::XdgDataHome, ProjectDirs::data_dir).map(|path| path.join("eval"));
    PathVariable::EvalDir
        .path()
        .or_else(usual)
        .unwrap_or_else(|| environment::temporary_directory().join("dscoder-eval"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tilde_is_the_home_directory() {
        let home = home().expect("there is one");
        for (path, expected) in [
            ("~", home.clone()),
            ("~/", home.clone()),
            ("~/a b/c", home.join("a b/c")),
            ("~//a", home.join("a")),
            ("/a/~/b", "/a/~/b".into()),
            ("a~", "a~".into()),
            ("./~/a", "./~/a".into()),
            ("", "".into()),
        ] {
            assert_eq!(expanded(path), Ok(expected), "{path}");
        }
        for path in ["~root", "~root/x", "~x y", "~~/x"] {
            let why = expanded(path).expect_err("refused");
            assert!(why.starts_with(path) && why.contains(&format!("./{path}")), "{why}");
        }
        assert_eq!(expanded_model("script:~/x.toml"), Ok(format!("script:{}", home.join("x.toml").display())));
        assert_eq!(expanded_model("6.7b-base"), Ok("6.7b-base".to_owned()));
    }
}
