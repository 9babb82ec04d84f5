//! Directories of models, caches and conversations, and those of other programs.

use std::fs;
use std::path::PathBuf;

use crate::environment;

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

fn home() -> Option<PathBuf> {
    directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned())
}

/// The home directory of the Hugging Face tools.
#[must_use]
pub fn hugging_face_home() -> Option<PathBuf> {
    let cache = || environment::path("XDG_CACHE_HOME").or_else(|| Some(home()?.join(".cache")));
    environment::path("HF_HOME").or_else(|| Some(cache()?.join("huggingface")))
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
        let platform = directories::ProjectDirs::from("", "", "dscoder");
        let nowhere = || environment::temporary_directory().join("dscoder");
        Places {
            models: environment::path("DSCODER_MODELS_DIR")
                .or_else(|| platform.as_ref().map(|dirs| dirs.data_dir().join("models")))
                .unwrap_or_else(nowhere),
            cache: environment::path("DSCODER_CACHE_DIR")
                .or_else(|| platform.as_ref().map(|dirs| dirs.cache_dir().to_owned()))
                .unwrap_or_else(nowhere),
            hub: environment::path("HF_HUB_CACHE")
                .or_else(|| environment::path("HUGGINGFACE_HUB_CACHE"))
                .or_else(|| Some(hugging_face_home()?.join("hub"))),
            ollama: environment::path("OLLAMA_MODELS").or_else(|| Some(home()?.join(".ollama/models"))),
            lm_studio: lm_studio(),
        }
    }
}

/// The socket of the resident engine: in the user's runtime directory, else in the cache directory.
#[must_use]
pub fn socket() -> PathBuf {
    let runtime = environment::path("XDG_RUNTIME_DIR").filter(|directory| directory.is_absolute());
    runtime
        .map_or_else(|| Places::of_user().cache.join("run"), |directory| directory.join("dscoder"))
        .join("serve.sock")
}

/// Where conversations are kept: `DSCODER_SESSIONS_DIR`, or a directory of the user's platform.
#[must_use]
pub fn sessions() -> PathBuf {
    let platform = || directories::ProjectDirs::from("", "", "dscoder").map(|dirs| dirs.data_dir().join("sessions"));
    environment::path("DSCODER_SESSIONS_DIR")
        .or_else(platform)
        .unwrap_or_else(|| environment::temporary_directory().join("dscoder-sessions"))
}
