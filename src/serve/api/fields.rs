//! The fields of a request's JSON.
//!
//! Clients differ in what they send for the same thing: null for a missing value, `128.0` for a number of tokens, both of two
//! names. Fields that nothing reads are ignored; an error names its field.

use serde_json::{Map, Value};

use crate::error::{Error, Kind, Result};

/// The fields that were not taken yet.
#[derive(Debug, Default)]
pub struct Fields(Map<String, Value>);

impl Fields {
    /// Reads a body.
    ///
    /// # Errors
    /// [`Kind::Data`] if it is empty, no JSON, or no object.
    pub fn read(body: &[u8]) -> Result<Fields> {
        let refuse = |why: String| Error::new(Kind::Data, "the request cannot be read", why);
        if body.trim_ascii().is_empty() {
            return Err(refuse("its body is empty".to_owned()));
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Ok(Fields(fields)),
            Ok(_) => Err(refuse("its body is not a JSON object".to_owned())),
            Err(error) => Err(refuse(error.to_string())),
        }
    }

    /// Whether there is such a field.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| !value.is_null())
    }

    /// Whether there is no such field, or only an empty list.
    #[must_use]
    pub fn is_empty(&self, name: &str) -> bool {
        self.0.get(name).is_none_or(|value| value.is_null() || value.as_array().is_some_and(Vec::is_empty))
    }

    /// A copy of a field, if it is a text.
    #[must_use]
    pub fn copy(&self, name: &str) -> Option<String> {
        self.0.get(name)?.as_str().map(str::to_owned)
    }

    /// Takes any value but null.
    pub fn any(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).filter(|value| !value.is_null())
    }

    /// Takes a text.
    ///
    /// # Errors
    /// [`Kind::Data`] if it is something else.
    pub fn text(&mut self, name: &str) -> Result<Option<String>> {
        match self.any(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(unusable(name, "it must be a text")),
        }
    }

    /// Takes one text or a list of texts.
    ///
    /// # Errors
    /// [`Kind::Data`] if it is something else.
    pub fn texts(&mut self, name: &str) -> Result<Option<Vec<String>>> {
        let refuse = || unusable(name, "it must be a text or a list of texts");
        let of = |value| match value {
            Value::String(text) => Ok(text),
            _ => Err(refuse()),
        };
        match self.any(name) {
            None => Ok(None),
            Some(Value::Array(all)) => all.into_iter().map(of).collect::<Result<_>>().map(Some),
            Some(one) => of(one).map(|text| Some(vec![text])),
        }
    }

    /// Takes a truth value; a missing one is false.
    ///
    /// # Errors
    /// [`Kind::Data`] if it is something else.
    pub fn flag(&mut self, name: &str) -> Result<bool> {
        Ok(self.choice(name)?.unwrap_or_default())
    }

    /// Takes a truth value.
    ///
    /// # Errors
    /// [`Kind::Data`] if it is something else.
    pub fn choice(&mut self, name: &str) -> Result<Option<bool>> {
        match self.any(name) {
            None => Ok(None),
            Some(Value::Bool(choice)) => Ok(Some(choice)),
            Some(_) => Err(unusable(name, "it must be true or false")),
        }
    }

    /// Takes a whole number, of the first of these names that has one. Numbers that are too large are as large as possible.
    ///
    /// # Errors
    /// [`Kind::Data`] if it is something else.
    pub fn whole(&mut self, names: &[&str]) -> Result<Option<i64>> {
        let mut found = None;
        for name in names {
            let Some(value) = self.any(name) else { continue };
            let number = match &value {
                Value::Number(number) => number
                    .as_i64()
                    .or_else(|| number.is_u64().then_some(i64::MAX))
                    // `as` saturates.
                    .or_else(|| number.as_f64().filter(|number| number.fract() == 0.0).map(|number| number as i64)),
                _ => None,
            };
            let number = number.ok_or_else(|| unusable(name, "it must be a whole number"))?;
            found = found.or(Some(number));
        }
        Ok(found)
    }

    /// Takes a number, of the first of these names that has one.
    ///
    /// # Errors
    /// [`Kind::Data`] if it is something else.
    pub fn number(&mut self, names: &[&str]) -> Result<Option<f32>> {
        let mut found = None;
        for name in names {
            let Some(value) = self.any(name) else { continue };
            let number = value.as_f64().ok_or_else(|| unusable(name, "it must be a number"))?;
            found = found.or(Some(number.clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32));
        }
        Ok(found)
    }

    /// Takes an object; a missing one is empty.
    ///
    /// # Errors
    /// [`Kind::Data`] if it is something else.
    pub fn object(&mut self, name: &str) -> Result<Fields> {
        match self.any(name) {
            None => Ok(Fields::default()),
            Some(Value::Object(fields)) => Ok(Fields(fields)),
            Some(_) => Err(unusable(name, "it must be an object")),
        }
    }

    /// Takes a list of objects; a missing one is empty.
    ///
    /// # Errors
    /// [`Kind::Data`] if it is something else.
    pub fn objects(&mut self, name: &str) -> Result<Vec<Fields>> {
        let refuse = || unusable(name, "it must be a list of objects");
        let of = |value| match value {
            Value::Object(fields) => Ok(Fields(fields)),
            _ => Err(refuse()),
        };
        match self.any(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(all)) => all.into_iter().map(of).collect(),
            Some(_) => Err(refuse()),
        }
    }
}

/// The field `name` cannot be used, and `why`.
#[must_use]
pub fn unusable(name: &str, why: &str) -> Error {
    Error::new(Kind::Data, format!("\"{name}\" cannot be used"), why)
}

/// The field `name` is missing.
#[must_use]
pub fn missing(name: &str) -> Error {
    Error::new(Kind::Data, format!("\"{name}\" is missing"), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Fields {
        Fields::read(text.as_bytes()).expect("fields")
    }

    #[test]
    fn numbers_of_all_clients() {
        for (text, expected) in [
            ("{}", None),
            (r#"{"n": null}"#, None),
            (r#"{"n": 128}"#, Some(128)),
            (r#"{"n": 128.0}"#, Some(128)),
            (r#"{"n": -1}"#, Some(-1)),
            (r#"{"n": 9223372036854775808}"#, Some(i64::MAX)),
            (r#"{"n": 1e300}"#, Some(i64::MAX)),
            (r#"{"m": 2, "n": 1}"#, Some(1)),
            (r#"{"m": 2, "n": null}"#, Some(2)),
        ] {
            assert_eq!(fields(text).whole(&["n", "m"]), Ok(expected), "{text}");
        }
        for text in [r#"{"n": "1"}"#, r#"{"n": 0.5}"#, r#"{"n": [1]}"#, r#"{"n": true}"#] {
            let error = fields(text).whole(&["n", "m"]).expect_err("no number");
            assert_eq!(error.to_string(), "error: \"n\" cannot be used: it must be a whole number", "{text}");
        }
        assert_eq!(fields(r#"{"n": 1e300}"#).number(&["n"]), Ok(Some(f32::MAX)));
        assert_eq!(fields(r#"{"n": -0.5}"#).number(&["n"]), Ok(Some(-0.5)));
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for (text, why) in [
            ("", "its body is empty"),
            (" \r\n", "its body is empty"),
            ("[]", "its body is not a JSON object"),
            ("{\"a\": 1e400}", "number out of range at line 1 column 11"),
            ("{\"a\": }", "expected value at line 1 column 7"),
            (&"[".repeat(1000), "recursion limit exceeded at line 1 column 128"),
        ] {
            assert_eq!(Fields::read(text.as_bytes()).expect_err("refused").why, why, "{text}");
        }
    }
}
