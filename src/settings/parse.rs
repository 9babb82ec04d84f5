//! The values of options, as they are written.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::{PathBufValueParser, PossibleValue, StringValueParser, TypedValueParser};
use clap::parser::ValueSource;

use crate::engine::GpuLayers;
use crate::places;
use crate::settings::ContextSize;

/// A finite number between two bounds.
///
/// # Errors
/// What it must be.
pub fn number<const LOW: u8, const HIGH: u8>(text: &str) -> Result<f32, String> {
    match f32::from_str(text) {
        Ok(number) if (f32::from(LOW)..=f32::from(HIGH)).contains(&number) => Ok(number),
        _ => Err(format!("a number from {LOW} to {HIGH}")),
    }
}

/// A repeat penalty: above 0 and up to 10.
///
/// # Errors
/// What it must be.
pub fn penalty(text: &str) -> Result<f32, String> {
    match number::<0, 10>(text) {
        Ok(number) if number > 0.0 => Ok(number),
        _ => Err("a number above 0 and up to 10".to_owned()),
    }
}

/// A time in seconds, with a fraction.
///
/// # Errors
/// What it must be.
pub fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = f64::from_str(text).ok().filter(|seconds| (0.001..=1e7).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| "a number of seconds, at least 0.001".to_owned())
}

/// A number of tokens, at least 16, or `auto`.
///
/// # Errors
/// What it must be.
pub fn context_size(text: &str) -> Result<ContextSize, String> {
    match (text, u32::from_str(text)) {
        ("auto", _) => Ok(ContextSize::Auto),
        (_, Ok(tokens)) if tokens >= 16 => Ok(ContextSize::Tokens(tokens)),
        _ => Err("a number of tokens, at least 16, or auto".to_owned()),
    }
}

/// A number of layers, `auto` or `all`.
///
/// # Errors
/// What it must be.
pub fn gpu_layers(text: &str) -> Result<GpuLayers, String> {
    match (text, u32::from_str(text)) {
        ("auto", _) => Ok(GpuLayers::Auto),
        ("all", _) => Ok(GpuLayers::All),
        (_, Ok(count)) => Ok(GpuLayers::Count(count)),
        _ => Err("a number of layers, auto or all".to_owned()),
    }
}

/// Accepts every text, and offers names to shell completions.
#[derive(Debug, Clone, Copy)]
pub struct Offering(pub fn() -> Vec<String>);

impl TypedValueParser for Offering {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn parse_ref_(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
        source: ValueSource,
    ) -> Result<String, clap::Error> {
        if source == ValueSource::EnvVariable {
            return places::expanded_model.parse_ref(command, argument, value);
        }
        self.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.0)().into_iter().map(PossibleValue::new)))
    }
}

/// A path, whose leading `~` is replaced if it is that of a variable. On a command line, the shell does that, and what it
/// leaves is meant literally.
#[derive(Debug, Clone, Copy)]
pub struct PathValue;

impl TypedValueParser for PathValue {
    type Value = PathBuf;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<PathBuf, clap::Error> {
        PathBufValueParser::new().parse_ref(command, argument, value)
    }

    fn parse_ref_(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
        source: ValueSource,
    ) -> Result<PathBuf, clap::Error> {
        if source == ValueSource::EnvVariable && value.as_encoded_bytes().starts_with(b"~") {
            let expanded = |text: &str| places::expanded(text);
            return expanded.parse_ref(command, argument, value);
        }
        self.parse_ref(command, argument, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_out_of_bounds_are_refused() {
        assert_eq!(number::<0, 1>("0.95"), Ok(0.95));
        for text in ["1.01", "-0.1", "nan", "inf", "", "x"] {
            assert!(number::<0, 1>(text).is_err(), "{text}");
        }
        assert_eq!(seconds("1.5"), Ok(Duration::from_millis(1500)));
        assert!(["0", "-1", "nan", "inf", "1e99", "1s"].iter().all(|text| seconds(text).is_err()));
        assert!(penalty("0").is_err() && penalty("1.1").is_ok());
    }

    #[test]
    fn words_and_numbers() {
        assert_eq!(gpu_layers("12"), Ok(GpuLayers::Count(12)));
        assert_eq!(gpu_layers("all"), Ok(GpuLayers::All));
        assert!(gpu_layers("-1").is_err());
        assert_eq!(context_size("auto"), Ok(ContextSize::Auto));
        assert_eq!(context_size("2048"), Ok(ContextSize::Tokens(2048)));
        assert!(context_size("0").is_err());
    }
}
