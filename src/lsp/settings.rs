//! What the editor's settings say: the section `dscoder`, and `initializationOptions`.

use serde::Deserialize;
use serde_json::Value;

/// The section of the editor's settings.
pub const SECTION: &str = "dscoder";

/// Settings that may change while the server runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The model, as `-m` names it.
    pub model: Option<String>,
    /// How many different answers an editor gets that asks explicitly.
    pub candidates: u32,
    /// Maximum answer length in tokens.
    pub max_tokens: u32,
    /// Whether the model also sees other files.
    pub context: bool,
    /// Time in which the first token should come, in milliseconds; `None` is the resident engine's.
    pub max_prompt_ms: Option<u64>,
}

/// The same as the editor writes it: what is missing or null is the command line's.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Written {
    model: Option<String>,
    candidates: Option<u32>,
    max_tokens: Option<u32>,
    context: Option<bool>,
    max_prompt_ms: Option<u64>,
}

/// The names of all settings.
const NAMES: [&str; 5] = ["model", "candidates", "maxTokens", "context", "maxPromptMs"];
/// Maximum number of candidates.
const MAX_CANDIDATES: u32 = 8;

impl Settings {
    /// These settings with what the editor has set.
    ///
    /// # Errors
    /// Why it cannot be used, in words.
    pub fn with(&self, value: &Value) -> Result<Settings, String> {
        if value.is_null() {
            return Ok(self.clone());
        }
        // Some editors send the whole tree of settings.
        let value = value.get(SECTION).unwrap_or(value);
        let written: Written = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
        let own = self.clone();
        Ok(Settings {
            model: written.model.filter(|model| !model.is_empty()).or(own.model),
            candidates: written.candidates.unwrap_or(own.candidates).clamp(1, MAX_CANDIDATES),
            max_tokens: written.max_tokens.unwrap_or(own.max_tokens).max(1),
            context: written.context.unwrap_or(own.context),
            max_prompt_ms: written.max_prompt_ms.or(own.max_prompt_ms),
        })
    }

    /// The names in `value` that are no settings.
    #[must_use]
    pub fn unknown(value: &Value) -> Vec<String> {
        let value = value.get(SECTION).unwrap_or(value);
        let names = value.as_object().into_iter().flat_map(|object| object.keys());
        names.filter(|name| !NAMES.contains(&name.as_str())).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_editor_overrides_the_command_line() {
        let own = Settings { model: None, candidates: 3, max_tokens: 128, context: true, max_prompt_ms: None };
        let set = json!({"dscoder": {"model": "demo", "candidates": 99, "context": false, "maxPromptMs": null}});
        let expected = Settings { model: Some("demo".to_owned()), candidates: 8, context: false, ..own.clone() };
        assert_eq!(own.with(&set), Ok(expected.clone()));
        assert_eq!(own.with(&set["dscoder"]), Ok(expected));
        assert_eq!(own.with(&Value::Null), Ok(own.clone()));
        assert_eq!(own.with(&json!({"model": ""})), Ok(own.clone()));
        assert!(
            own.with(&json!({"candidates": "many"}))
                .is_err_and(|why| why.contains("candidates") || why.contains("many"))
        );
        assert_eq!(Settings::unknown(&json!({"dscoder": {"model": "x", "modle": "y"}})), ["modle"]);
    }
}
